/**
 * Archives the finished intents of one partition in groups. Acknowledges an intent only after the store has archived it.
 * So a finished intent is in the mailbox or the archive, whichever process is killed.
 *
 * gathering ──full, or a little later──▶ sealed ──one at a time──▶ storing ──stored──▶ acknowledged
 *    storing ──no answer, or a passing refusal──▶ storing again, after a growing pause
 *       ├ too large ──▶ its halves; an intent that is alone ──▶ noted
 *       ├ refused for good, and still after a while ──▶ noted ──▶ acknowledged
 *       └ the node stops ──▶ delivered again to the partition's next owner
 */
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleepUnlessAborted, type Timer, toIso } from '../core/clock.ts';
import { isRetryable, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { ArchiveGroup, groupBytes } from './archive-group.ts';
import { Fifo } from './fifo.ts';
import type { Outcome } from './intent-handler.ts';
import type { Lane, QueuedIntent } from './lane.ts';

/** The archive's answer to a group. Any other failure is thrown, and its `retryable` tells whether a retry may help. */
export type ArchiveAnswer = 'stored' | 'too_large';

export interface ArchiverParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The largest record, in bytes, that the connected server accepts. */
  readonly maxBytes: () => number;
  readonly store: (payload: Uint8Array) => Promise<ArchiveAnswer>;
  /**
   * Stores a dead-letter note for each intent: it was finished but will not be in the archive. Resolves when the notes are
   * stored.
   */
  readonly note: (group: ArchiveGroup, reason: string) => Promise<void>;
  /** Called with the sequences that may be acknowledged. */
  readonly stored: (seqs: readonly number[]) => void;
  /** Called with the change of the bytes that wait for the archive; negative for a decrease. */
  readonly waiting: (bytes: number) => void;
}

const groupSize = 128;
/** While no caller waits for an acknowledgement: groups even a slow trickle. */
const waitMs = 10;
/** While a caller waits for it. */
const eagerMs = 0;
/** A group of much the same size as the last one must not have to grow. */
const moreThanLast = 1.25;
const retryRule = Object.freeze({ initialIntervalMs: 250, maxIntervalMs: 10_000 });
/** An operator who recreates the stream, or restores the permission, within this time loses nothing. */
const graceMs = 5_000;

export class Archiver {
  readonly #parts: ArchiverParts;
  readonly #stopping = new AbortController();
  readonly #sealed = new Fifo<ArchiveGroup>();
  readonly #reasons = new ReasonLog();
  #group: ArchiveGroup;
  /** The group being stored. */
  #storing: ArchiveGroup | undefined;
  /** When it was first offered, monotonic; while the archive fails, when the first failed group was offered. */
  #offeredAt = 0;
  #obstacle: string | undefined;
  /** Since then the archive refuses permanently: each group is tried once, then noted. */
  #refusedSince: number | undefined;
  #pending = 0;
  #bytes = 0;
  #timer: Timer | undefined;
  #isEager = false;

  constructor(parts: ArchiverParts) {
    this.#parts = parts;
    this.#group = this.#newGroup(0);
  }

  /** Number of intents finished but not yet archived. */
  get pending(): number {
    return this.#pending;
  }

  /** How long the archive has refused what is offered, milliseconds; 0 while it accepts. */
  get stalledMs(): number {
    const isOffered = this.#storing !== undefined || this.#obstacle !== undefined;
    return isOffered ? this.#parts.clock.monotonic() - this.#offeredAt : 0;
  }

  /** Why it refuses; `undefined` while it accepts. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /** Sets whether a caller waits until everything is archived. */
  setEager(isEager: boolean): void {
    this.#isEager = isEager;
    if (isEager) void this.#flush();
  }

  add({ subject }: Lane, { seq, attempts, payload, orphaned }: QueuedIntent, outcome: Outcome): void {
    const { clock } = this.#parts;
    if (this.#stopping.signal.aborted) return;
    if (!this.#group.takes(payload)) this.#seal();
    const before = this.#group.bytes;
    this.#group.add(seq, subject, outcome, attempts, toIso(clock.now()), payload, orphaned === true);
    this.#pending++;
    this.#waiting(this.#group.bytes - before);
    if (this.#storing !== undefined) return;
    const isFull = this.#group.length >= groupSize || this.#group.bytes >= groupBytes / 2 || this.#sealed.length > 0;
    if (isFull) void this.#flush();
    else this.#timer ??= clock.after(this.#isEager ? eagerMs : waitMs, () => void this.#flush());
  }

  /**
   * Archives everything from this sequence on without acknowledging it: the store has other messages there, or another owner.
   */
  lose(fromSeq: number): void {
    for (const group of [this.#storing, ...this.#sealed, this.#group]) group?.orphan(fromSeq);
  }

  /** Stops; everything not yet stored is redelivered to the partition's next owner. */
  stop(): void {
    this.#stopping.abort();
    this.#timer?.cancel();
    this.#waiting(-this.#bytes);
  }

  #waiting(bytes: number): void {
    this.#bytes += bytes;
    this.#parts.waiting(bytes);
  }

  /** @param expected its size in bytes */
  #newGroup(expected: number): ArchiveGroup {
    return new ArchiveGroup(Math.min(groupBytes, this.#parts.maxBytes()), expected);
  }

  #seal(): void {
    this.#sealed.push(this.#group);
    this.#group = this.#newGroup(this.#group.bytes * moreThanLast);
  }

  async #flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#storing === undefined && !this.#stopping.signal.aborted) {
      if (this.#sealed.length === 0 && this.#group.length > 0) this.#seal();
      const group = this.#sealed.shift();
      if (group === undefined) return;
      this.#storing = group;
      if (this.#obstacle === undefined) this.#offeredAt = this.#parts.clock.monotonic();
      const isDone = await this.#archive(group);
      this.#storing = undefined;
      if (isDone && !this.#stopping.signal.aborted) this.#done(group);
    }
  }

  #done(group: ArchiveGroup): void {
    this.#pending -= group.length;
    this.#waiting(-group.bytes);
    this.#parts.stored(group.seqs);
  }

  /** @returns true when the group needs no more work; false when it was split, or the node stops first */
  async #archive(group: ArchiveGroup): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { signal } = this.#stopping;
    const backoff = new Backoff(this.#parts.random, retryRule);
    while (!signal.aborted) {
      try {
        const answer = await store(group.payload);
        if (answer === 'stored') return this.#recovered();
        if (group.length === 1) return this.#note(group, `larger than the ${this.#parts.maxBytes()} bytes of a record`);
        for (const half of group.halves().toReversed()) this.#sealed.unshift(half);
        return false;
      } catch (error) {
        this.#failed(error);
        this.#refusedSince = isRetryable(error, true) ? undefined : (this.#refusedSince ?? clock.monotonic());
        const isForGood = this.#refusedSince !== undefined && clock.monotonic() - this.#refusedSince >= graceMs;
        if (isForGood) return this.#note(group, reasonOf(error));
      }
      await sleepUnlessAborted(clock, backoff.nextMs(), signal);
    }
    return false;
  }

  /**
   * Stores the notes, with retries. Drops a note that the store refuses permanently, because otherwise acknowledging would
   * stop.
   */
  async #note(group: ArchiveGroup, reason: string): Promise<boolean> {
    const { clock, log, note, random } = this.#parts;
    const { signal } = this.#stopping;
    const backoff = new Backoff(random, retryRule);
    while (!signal.aborted) {
      try {
        await note(group, reason);
        return true;
      } catch (error) {
        this.#failed(error);
        if (!isRetryable(error, true)) {
          log.error(
            { reason: reasonOf(error), intents: group.length },
            'finished intents are acknowledged without a record: neither the archive nor the dead letters take them',
          );
          return true;
        }
      }
      await sleepUnlessAborted(clock, backoff.nextMs(), signal);
    }
    return false;
  }

  #failed(error: unknown): void {
    this.#obstacle = reasonOf(error);
    if (!this.#reasons.isNew(this.#obstacle)) return;
    this.#parts.log.warn({ reason: this.#obstacle }, 'the archive does not take what is finished, trying again');
  }

  #recovered(): true {
    this.#obstacle = undefined;
    this.#refusedSince = undefined;
    if (this.#reasons.recovered()) this.#parts.log.info({}, 'the archive takes what is finished again');
    return true;
  }
}
