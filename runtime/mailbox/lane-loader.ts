/** Reads evicted payloads of lanes again, few reads at a time, until the store answers. */
import { type Clock, sleep } from '../core/clock.ts';
import type { StoredMessage } from '../core/delivery.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
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
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue = new Fifo<LaneRead>();
  readonly #stop = new AbortController();
  #reading = 0;

  constructor(reader: LaneReader, clock: Clock, log: Logger) {
    this.#reader = reader;
    this.#clock = clock;
    this.#log = log;
  }

  load(read: LaneRead): void {
    this.#queue.push(read);
    this.#pump();
  }

  stop(): void {
    this.#stop.abort();
  }

  #pump(): void {
    while (this.#reading < readsAtOnce && !this.#stop.signal.aborted) {
      const read = this.#queue.shift();
      if (read === undefined) return;
      this.#reading++;
      void this.#read(read).finally(() => {
        this.#reading--;
        this.#pump();
      });
    }
  }

  async #read(read: LaneRead): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const found = await this.#fetch(read);
      if (found !== undefined) return read.done(found);
      await sleep(this.#clock, pauseMs, signal).catch(() => undefined);
    }
  }

  async #fetch(read: LaneRead): Promise<readonly StoredMessage[] | undefined> {
    try {
      return await this.#reader.fetch(read.pool, read.subject, read.seqs);
    } catch (error) {
      this.#log.warn({ subject: read.subject, reason: reasonOf(error) }, 'reading queued intents again: no answer yet');
      return undefined;
    }
  }
}
