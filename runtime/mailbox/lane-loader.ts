/**
 * Reads evicted payloads of lanes again, few reads at a time, until the store answers.
 *
 * What one read does not find is not gone: a replica that lags behind does not know it, and a leader that was cut off answers from
 * an old state for about a second (1,055 ms measured with three servers). Only a second read, later than that, is a proof.
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

/** The verb of the transport that is needed here. */
export interface LaneReader {
  fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]>;
}

export interface LaneRead {
  readonly pool: string;
  readonly subject: string;
  /** Ascending. */
  readonly seqs: readonly number[];
  /** Is it the message that was delivered, not another at a sequence that is used again? */
  readonly expects: (message: StoredMessage) => boolean;
  /** @param gone proved to be no longer in the store; what is in neither was not read */
  readonly done: (found: readonly StoredMessage[], gone: readonly number[]) => void;
}

/** What a first read found, while the second is to come for what it missed. */
interface Doubt {
  readonly found: readonly StoredMessage[];
  readonly missing: readonly number[];
}

/** Each brings at most 1 MiB: together they stay below what the inbox may hold. */
const readsAtOnce = 32;
/** Between a read that missed something and the one that proves it gone. */
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

/** Those that were looked for and not found: all up to the last of the answer, or all when there is none. */
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
