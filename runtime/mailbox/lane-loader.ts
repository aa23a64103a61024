/**
 * Reloads evicted payloads of lanes from the store, a few reads at a time, with retries until the store answers.
 *
 * A message that one read misses may still exist: a lagging replica does not have it yet, and an isolated leader answers from
 * old state for about a second (1,055 ms measured with three servers). Only a second, later read proves it gone.
 */
import { Backoff } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import type { StoredMessage } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { TimerSet } from '../core/timer-set.ts';
import { Fifo } from './fifo.ts';

/** The one method of a transport's pools that the loader needs. */
export interface LaneReader {
  fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]>;
}

export interface LaneRead {
  readonly pool: string;
  readonly subject: string;
  /** Ascending. */
  readonly seqs: readonly number[];
  /** Tells whether this is the delivered message, not another one at a reused sequence. */
  readonly expects: (message: StoredMessage) => boolean;
  /** @param gone sequences proved to be no longer in the store; those in neither list were not read */
  readonly done: (found: readonly StoredMessage[], gone: readonly number[]) => void;
}

/** The result of a first read that missed messages, until the second read. */
interface Doubt {
  readonly found: readonly StoredMessage[];
  readonly missing: readonly number[];
}

/** Each returns at most 1 MiB: together they stay below the inbox's memory limit. */
const readsAtOnce = 32;
/** Time between a read that missed messages and the read that proves them gone. */
export const proofAfterMs = 3_000;
const retryRule = Object.freeze({ initialIntervalMs: 250, maxIntervalMs: 5_000 });

export class LaneLoader {
  readonly #reader: LaneReader;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #queue = new Fifo<() => void>();
  readonly #timers: TimerSet;
  readonly #reasons = new ReasonLog();
  #reading = 0;
  #stopped = false;

  constructor(reader: LaneReader, clock: Clock, random: Random, log: Logger) {
    this.#reader = reader;
    this.#timers = new TimerSet(clock);
    this.#random = random;
    this.#log = log;
  }

  load(read: LaneRead): void {
    this.#enqueue(() => this.#read(read));
  }

  stop(): void {
    this.#stopped = true;
    this.#timers.stop();
  }

  #enqueue(start: () => void): void {
    this.#queue.push(start);
    this.#pump();
  }

  #pump(): void {
    while (this.#reading < readsAtOnce && !this.#stopped) {
      const start = this.#queue.shift();
      if (start === undefined) return;
      this.#reading++;
      start();
    }
  }

  #read(read: LaneRead, doubt?: Doubt, backoff: Backoff = new Backoff(this.#random, retryRule)): void {
    void this.#reader.fetch(read.pool, read.subject, doubt?.missing ?? read.seqs).then(
      (answer) => {
        this.#reading--;
        if (this.#reasons.recovered()) this.#log.info({}, 'queued intents can be read again');
        if (!this.#stopped) this.#answered(read, answer, doubt);
        this.#pump();
      },
      (error) => {
        const { subject } = read;
        const reason = reasonOf(error);
        if (this.#reasons.isNew(reason)) {
          this.#log.warn({ subject, reason }, 'queued intents cannot be read from the store, trying again');
        }
        this.#timers.after(backoff.nextMs(), () => this.#read(read, doubt, backoff));
      },
    );
  }

  #answered(read: LaneRead, answer: readonly StoredMessage[], doubt: Doubt | undefined): void {
    const found = answer.filter(read.expects);
    const missing = missingOf(doubt?.missing ?? read.seqs, answer, found);
    if (doubt !== undefined) return read.done(merge(doubt.found, found), missing);
    if (missing.length === 0) return read.done(found, []);
    this.#timers.after(proofAfterMs, () => this.#enqueue(() => this.#read(read, { found, missing })));
  }
}

/** Returns the sequences that were requested but not found: all up to the last of the answer, or all when it is empty. */
function missingOf(
  asked: readonly number[],
  answer: readonly StoredMessage[],
  found: readonly StoredMessage[],
): readonly number[] {
  const lastRead = answer.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const here = new Set(found.map(({ seq }) => seq));
  return asked.filter((seq) => seq <= lastRead && !here.has(seq));
}

const merge = (first: readonly StoredMessage[], second: readonly StoredMessage[]): readonly StoredMessage[] =>
  [...first, ...second].sort((a, b) => a.seq - b.seq);
