/** Finished intents of a partition on their way to the archive: lines of JSON in one buffer, each with the original intent. */
import type { Outcome } from './intent-handler.ts';

/** A line of the archive. */
export interface ArchivedIntent {
  readonly v: 1;
  /** Its sequence number in the stream of its pool. */
  readonly seq: number;
  readonly outcome: Outcome;
  readonly attempts: number;
  /** When the intent was finished, ISO 8601. */
  readonly at: string;
  readonly intent: unknown;
}

/** More intents in one message save nothing; fewer would cost a round trip for every few large intents. */
export const groupBytes: number = 512 * 1024;
const firstBytes = 2 * 1024;
const mostFirstBytes = 64 * 1024;
const afterIntent = Buffer.from('}\n');
const lineEnd = 10;
const space = 32;
/** Upper bound for the bytes of a line beside its intent. */
const headBytes = 160;
/** Replaces a sequence that must not be acknowledged. */
const notAcknowledged = 0;

export class ArchiveGroup {
  readonly #limit: number;
  #seqs: number[] = [];
  #subjects: string[] = [];
  #buffer: Buffer;
  #used = 0;

  /**
   * @param limit maximum size in bytes; a single larger intent is a group of its own
   * @param expected size for which memory is taken at once, within bounds: that of the last group spares most of them growing
   */
  constructor(limit: number, expected: number = 0) {
    this.#limit = limit;
    this.#buffer = Buffer.allocUnsafe(Math.min(Math.max(firstBytes, expected), mostFirstBytes));
  }

  get length(): number {
    return this.#seqs.length;
  }

  get bytes(): number {
    return this.#used;
  }

  /** The sequences to acknowledge when the group is stored. */
  get seqs(): readonly number[] {
    return this.#seqs.filter((seq) => seq !== notAcknowledged);
  }

  /** The lanes of its intents, in the same order. */
  get subjects(): readonly string[] {
    return this.#subjects;
  }

  /** The whole group as one message. */
  get payload(): Uint8Array {
    return this.#buffer.subarray(0, this.#used);
  }

  takes(payload: Uint8Array): boolean {
    return this.#used === 0 || this.#used + headBytes + payload.length <= this.#limit;
  }

  /**
   * @param seq sequence of the intent; acknowledged when the group is stored, unless `orphaned`
   * @param payload valid JSON; copied
   */
  add(
    seq: number,
    subject: string,
    outcome: Outcome,
    attempts: number,
    at: string,
    payload: Uint8Array,
    orphaned: boolean,
  ): void {
    const head = `{"v":1,"seq":${seq},"outcome":"${outcome}","attempts":${attempts},"at":"${at}","intent":`;
    this.#makeRoom(head.length + payload.length + afterIntent.length);
    this.#used += this.#buffer.write(head, this.#used, 'latin1');
    this.#buffer.set(payload, this.#used);
    if (payload.includes(lineEnd)) this.#joinLines(this.#used, this.#used + payload.length);
    this.#used += payload.length;
    this.#buffer.set(afterIntent, this.#used);
    this.#used += afterIntent.length;
    this.#seqs.push(orphaned ? notAcknowledged : seq);
    this.#subjects.push(subject);
  }

  /** Excludes everything from this sequence on from acknowledgement: the store has other messages there, or another owner. */
  orphan(fromSeq: number): void {
    for (let i = 0; i < this.#seqs.length; i++) {
      if ((this.#seqs[i] as number) >= fromSeq) this.#seqs[i] = notAcknowledged;
    }
  }

  /** Splits the group into two halves: for a server that accepts less than it announced. */
  halves(): readonly [ArchiveGroup, ArchiveGroup] {
    const middle = this.length >> 1;
    let cut = 0;
    for (let line = 0; line < middle; line++) cut = this.#buffer.indexOf(lineEnd, cut) + 1;
    return [this.#part(0, middle, 0, cut), this.#part(middle, this.length, cut, this.#used)];
  }

  #part(first: number, end: number, from: number, to: number): ArchiveGroup {
    const part = new ArchiveGroup(this.#limit);
    part.#seqs = this.#seqs.slice(first, end);
    part.#subjects = this.#subjects.slice(first, end);
    part.#buffer = this.#buffer.subarray(from, to);
    part.#used = to - from;
    return part;
  }

  /** Replaces line ends by spaces: within JSON they are white space between tokens, because strings escape them. */
  #joinLines(from: number, to: number): void {
    for (let at = from; at < to; at++) if (this.#buffer[at] === lineEnd) this.#buffer[at] = space;
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#used + bytes));
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }
}

/** Reads the lines of a group as they were written. */
export function readGroup(payload: Uint8Array): readonly ArchivedIntent[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ArchivedIntent);
}
