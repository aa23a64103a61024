/** Finished intents of a partition on their way to the archive: lines of JSON in one buffer, each with the intent as it came. */
import type { Outcome } from './receiver.ts';

/** A line of the archive. */
export interface ArchivedIntent {
  readonly v: 1;
  /** In its pool's stream. */
  readonly seq: number;
  readonly outcome: Outcome;
  readonly attempts: number;
  /** When it was finished, ISO 8601. */
  readonly at: string;
  readonly intent: unknown;
}

/** Below a server's `max_payload`, with room for one more of the largest intents. */
export const groupBytes: number = 512 * 1024;
const firstBytes = 2 * 1024;
const afterIntent = Buffer.from('}\n');

export class ArchiveGroup {
  readonly seqs: number[] = [];
  #buffer: Buffer = Buffer.allocUnsafe(firstBytes);
  #used = 0;

  get bytes(): number {
    return this.#used;
  }

  /** What was added, as one message. */
  get payload(): Uint8Array {
    return this.#buffer.subarray(0, this.#used);
  }

  /** @param payload valid JSON; copied */
  add(seq: number, outcome: Outcome, attempts: number, at: string, payload: Uint8Array): void {
    const head = `{"v":1,"seq":${seq},"outcome":"${outcome}","attempts":${attempts},"at":"${at}","intent":`;
    this.#makeRoom(head.length + payload.length + afterIntent.length);
    this.#used += this.#buffer.write(head, this.#used, 'latin1');
    this.#buffer.set(payload, this.#used);
    this.#used += payload.length;
    this.#buffer.set(afterIntent, this.#used);
    this.#used += afterIntent.length;
    this.seqs.push(seq);
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#used + bytes));
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }
}

/** The lines of a group, as they were written. */
export function readGroup(payload: Uint8Array): readonly ArchivedIntent[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ArchivedIntent);
}
