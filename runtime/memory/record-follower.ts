/** Follows a log from its first record: gives its records in groups, and goes on with what comes. */
import type { Clock, Timer } from '../core/clock.ts';
import { type Deferred, deferred } from '../core/deferred.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { LoggedRecord, RecordLog } from '../transport/index.ts';
import { SemanticMemoryClosedError } from './memory-errors.ts';

export interface Following {
  readonly records: RecordLog;
  readonly clock: Clock;
  readonly log: Logger;
  /** Given again, with what has come since, when it rejects. */
  readonly apply: (records: readonly LoggedRecord[]) => Promise<void>;
}

interface Waiting extends Deferred<void> {
  readonly until: number;
}

/** What others append is seen within this; what this process appends at once. */
const pollMs = 250;
const groupSize = 64;

export class RecordFollower {
  readonly #parts: Following;
  readonly #waiting = new Set<Waiting>();
  #applied = 0;
  #stopped = false;
  #nudged = false;
  #pause: { readonly timer: Timer; readonly end: () => void } | undefined;

  constructor(parts: Following) {
    this.#parts = parts;
    void this.#run();
  }

  /**
   * Resolves when everything is applied that was in the log when this was called.
   * @throws what keeps it from being read or applied; it is tried again all the same
   */
  async caughtUp(): Promise<void> {
    const until = await this.#parts.records.last();
    if (this.#stopped) throw new SemanticMemoryClosedError();
    if (this.#applied >= until) return;
    const waiting = { until, ...deferred() };
    this.#waiting.add(waiting);
    this.nudge();
    return waiting.promise;
  }

  /** There is something new. */
  nudge(): void {
    this.#nudged = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
  }

  /** Nothing is applied any more, but for the group that is being applied. */
  stop(): void {
    this.#stopped = true;
    this.nudge();
    this.#reject(new SemanticMemoryClosedError());
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#round();
      } catch (error) {
        if (this.#stopped) return;
        this.#parts.log.warn({ reason: reasonOf(error) }, 'knowledge cannot be followed, which is tried again');
        this.#reject(error);
        this.#nudged = false;
      }
      await this.#rest();
    }
  }

  async #round(): Promise<void> {
    this.#nudged = false;
    // those who wait already: the log's end, seen from now on, lies behind all that they want
    const early = [...this.#waiting];
    const group = await this.#read();
    if (this.#stopped) return;
    if (group.length > 0) await this.#parts.apply(group);
    this.#applied = group.at(-1)?.seq ?? this.#applied;
    if (group.length === groupSize) this.#nudged = true;
    else this.#resolve(early);
    this.#resolve([...this.#waiting].filter(({ until }) => until <= this.#applied));
  }

  async #read(): Promise<readonly LoggedRecord[]> {
    const group: LoggedRecord[] = [];
    while (group.length < groupSize) {
      const record = await this.#parts.records.next((group.at(-1)?.seq ?? this.#applied) + 1);
      if (record === undefined || this.#stopped) break;
      group.push(record);
    }
    return group;
  }

  /** A while, or until it is nudged. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#nudged || this.#stopped) return resolve();
      const end = (): void => {
        this.#pause = undefined;
        resolve();
      };
      this.#pause = { timer: this.#parts.clock.after(pollMs, end), end };
    });
  }

  #resolve(done: readonly Waiting[]): void {
    for (const waiting of done) {
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  #reject(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}
