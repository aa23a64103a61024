/** Reads evicted payloads of lanes again, few reads at a time, until the store answers. */
import type { Clock } from '../core/clock.ts';
import type { StoredMessage } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { TimerSet } from '../core/timer-set.ts';
import { Fifo } from './fifo.ts';

/** The verb of the transport that is needed here. */
export interface LaneReader {
  fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]>;
}

export interface LaneRead {
  readonly pool: string;
  readonly subject: string;
  readonly seqs: readonly number[];
  readonly done: (found: readonly StoredMessage[]) => void;
}

/** Each brings at most 1 MiB: together they stay below what the inbox may hold. */
const readsAtOnce = 32;
const pauseMs = 250;

export class LaneLoader {
  readonly #reader: LaneReader;
  readonly #log: Logger;
  readonly #queue = new Fifo<LaneRead>();
  readonly #timers: TimerSet;
  #reading = 0;
  #stopped = false;

  constructor(reader: LaneReader, clock: Clock, log: Logger) {
    this.#reader = reader;
    this.#timers = new TimerSet(clock);
    this.#log = log;
  }

  load(read: LaneRead): void {
    this.#queue.push(read);
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#timers.stop();
  }

  #pump(): void {
    while (this.#reading < readsAtOnce && !this.#stopped) {
      const read = this.#queue.shift();
      if (read === undefined) return;
      this.#reading++;
      this.#read(read);
    }
  }

  #read(read: LaneRead): void {
    void this.#reader.fetch(read.pool, read.subject, read.seqs).then(
      (found) => {
        this.#reading--;
        if (!this.#stopped) read.done(found);
        this.#pump();
      },
      (error) => {
        const { subject } = read;
        this.#log.warn({ subject, reason: reasonOf(error) }, 'reading queued intents again: no answer yet');
        this.#timers.after(pauseMs, () => this.#read(read));
      },
    );
  }
}
