/**
 * One node's ownership of one partition, from its claim until it is lost or released, through all its epochs. Whatever begins
 * anything on behalf of the partition's agents asks it first: one comparison while the last confirmation is fresh.
 *
 * fresh ──3 s without a confirmation──▶ stale ──confirmed──▶ fresh
 *                                        └──── end() ────▶ over
 */
import { AbortGroup } from '../core/abort-group.ts';
import type { Clock } from '../core/clock.ts';
import { type Deferred, deferred } from '../core/deferred.ts';
import type { PartitionLostError } from './cluster-errors.ts';
import { contactTtlMs } from './contact-limits.ts';

export class PartitionLease {
  /** The epoch in force. */
  epoch: number;
  /** Signals of what is done on behalf of the partition: aborted when it is over. */
  readonly aborts: AbortGroup = new AbortGroup();
  readonly #clock: Clock;
  readonly #confirm: () => void;
  #confirmedAt: number;
  #lost: PartitionLostError | undefined;
  #waiting: Deferred<void> | undefined;

  /**
   * @param sentAt monotonic: when the first confirmation was sent
   * @param confirm called when somebody waits for a confirmation; `confirmed` or `end` answers
   */
  constructor(clock: Clock, epoch: number, sentAt: number, confirm: () => void) {
    this.#clock = clock;
    this.epoch = epoch;
    this.#confirmedAt = sentAt;
    this.#confirm = confirm;
  }

  /** Why it is over. */
  get lost(): PartitionLostError | undefined {
    return this.#lost;
  }

  /** May something begin? */
  get isFresh(): boolean {
    return this.#clock.monotonic() - this.#confirmedAt <= contactTtlMs && this.#lost === undefined;
  }

  /** Since the sending of the last confirmation, milliseconds. Neither deliveries nor heartbeats renew it. */
  get age(): number {
    return this.#clock.monotonic() - this.#confirmedAt;
  }

  /** Resolves when something may begin: confirms first if need be. @throws PartitionLostError */
  whenFresh(): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (this.isFresh) return Promise.resolve();
    if (this.#waiting === undefined) {
      this.#waiting = deferred();
      this.#confirm();
    }
    return this.#waiting.promise;
  }

  /** @param sentAt monotonic: an answer that waited in the socket of a stopped process proves nothing of now */
  confirmed(sentAt: number): void {
    this.#confirmedAt = Math.max(this.#confirmedAt, sentAt);
    if (!this.isFresh) return;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  end(why: PartitionLostError): void {
    if (this.#lost !== undefined) return;
    this.#lost = why;
    this.#waiting?.reject(why);
    this.#waiting = undefined;
    this.aborts.abort(why);
  }
}
