/**
 * Archives what one partition has finished, in groups; only what the store has in its archive is acknowledged in its mailbox.
 * So a finished intent is in one of the two, whatever is killed.
 */
import { type Clock, sleep, type Timer, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { ArchiveGroup, groupBytes } from './archive-group.ts';
import type { Held } from './lane.ts';
import type { Outcome } from './receiver.ts';

export interface ArchiverParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Resolves when the store has it. */
  readonly store: (payload: Uint8Array, firstSeq: number) => Promise<unknown>;
  /** These may be acknowledged. */
  readonly stored: (seqs: readonly number[]) => void;
}

const groupSize = 128;
/** Nobody waits for an acknowledgement: a slow trickle is grouped, too. */
const waitMs = 10;
/** While somebody waits for it all the same. */
const hurriedMs = 0;
const pauseMs = 1_000;

export class Archiver {
  readonly #parts: ArchiverParts;
  readonly #stopping = new AbortController();
  #group = new ArchiveGroup();
  /** On its way. */
  #storing: ArchiveGroup | undefined;
  #timer: Timer | undefined;
  #hurried = false;

  constructor(parts: ArchiverParts) {
    this.#parts = parts;
  }

  /** Finished, and not yet in the archive. */
  get pending(): number {
    return this.#group.seqs.length + (this.#storing?.seqs.length ?? 0);
  }

  holds(seq: number): boolean {
    return this.#group.seqs.includes(seq) || this.#storing?.seqs.includes(seq) === true;
  }

  /** Whether somebody waits until everything is archived. */
  hurry(hurried: boolean): void {
    this.#hurried = hurried;
    if (hurried) void this.#flush();
  }

  add({ seq, attempts, payload }: Held, outcome: Outcome): void {
    const { clock } = this.#parts;
    this.#group.add(seq, outcome, attempts, toIso(clock.now()), payload);
    if (this.#storing !== undefined) return;
    const isFull = this.#group.seqs.length >= groupSize || this.#group.bytes >= groupBytes / 2;
    if (isFull) void this.#flush();
    else this.#timer ??= clock.after(this.#hurried ? hurriedMs : waitMs, () => void this.#flush());
  }

  /** What is not stored by now is delivered again to the partition's next owner. */
  stop(): void {
    this.#stopping.abort();
    this.#timer?.cancel();
  }

  async #flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#storing === undefined && this.#group.seqs.length > 0 && !this.#stopping.signal.aborted) {
      const group = this.#group;
      this.#storing = group;
      this.#group = new ArchiveGroup();
      const isStored = await this.#store(group);
      this.#storing = undefined;
      if (isStored) this.#parts.stored(group.seqs);
    }
  }

  /** @returns whether it is stored; not when the node stops first */
  async #store(group: ArchiveGroup): Promise<boolean> {
    const { clock, log, store } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await store(group.payload, group.seqs[0] ?? 0);
        return true;
      } catch (error) {
        log.warn(
          { reason: reasonOf(error), intents: group.seqs.length },
          'the archive does not take what is finished yet',
        );
        await sleep(clock, pauseMs, signal).catch(() => undefined);
      }
    }
    return false;
  }
}
