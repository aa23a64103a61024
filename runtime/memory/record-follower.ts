/** Follows a log from its first record: passes the records on in groups, then continues with new ones. */
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
  /** Called again with the same records, plus newer ones, when it rejects. */
  readonly apply: (records: readonly LoggedRecord[]) => Promise<void>;
}

interface Waiting extends Deferred<void> {
  readonly until: number;
}

/** The delay until records of other processes are seen; records of this process are seen at once. */
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
   * Resolves when every record that was in the log at the time of the call is applied.
   * @throws the error of reading or applying; the follower retries regardless
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

  /** Reports that the log has new records. */
  nudge(): void {
    this.#nudged = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
  }

  /** Stops following; finishes the group that is being applied. */
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
        this.#parts.log.warn({ reason: reasonOf(error) }, 'following the knowledge stream failed, retrying');
        this.#reject(error);
        this.#nudged = false;
      }
      await this.#rest();
    }
  }

  async #round(): Promise<void> {
    this.#nudged = false;
    // the end of the log, read from now on, lies behind everything that the present waiters want
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

  /** Waits for the poll interval, or until `nudge` is called. */
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
