/**
 * One node's ownership of one partition, from its claim until it is lost or released, through all its epochs. All work for the
 * partition's agents checks it before it begins: one comparison while the last confirmation is fresh.
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
  /** The current epoch. */
  epoch: number;
  /** Signals of work for the partition: aborted when the lease ends. */
  readonly aborts: AbortGroup = new AbortGroup();
  readonly #clock: Clock;
  readonly #confirm: () => void;
  #confirmedAt: number;
  #lost: PartitionLostError | undefined;
  #waiting: Deferred<void> | undefined;

  /**
   * @param sentAt monotonic: when the first confirmation was sent
   * @param confirm called when a caller waits for a confirmation; `confirmed` or `end` answers
   */
  constructor(clock: Clock, epoch: number, sentAt: number, confirm: () => void) {
    this.#clock = clock;
    this.epoch = epoch;
    this.#confirmedAt = sentAt;
    this.#confirm = confirm;
  }

  /** Why the lease ended. */
  get lost(): PartitionLostError | undefined {
    return this.#lost;
  }

  /** May work begin? */
  get isFresh(): boolean {
    return this.#clock.monotonic() - this.#confirmedAt <= contactTtlMs && this.#lost === undefined;
  }

  /** Time since the last confirmation was sent, milliseconds. Neither deliveries nor heartbeats renew it. */
  get age(): number {
    return this.#clock.monotonic() - this.#confirmedAt;
  }

  /** Resolves when work may begin: confirms first if necessary. @throws PartitionLostError */
  whenFresh(): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (this.isFresh) return Promise.resolve();
    if (this.#waiting === undefined) {
      this.#waiting = deferred();
      this.#confirm();
    }
    return this.#waiting.promise;
  }

  /** @param sentAt monotonic: an answer that waited in the socket of a stopped process proves nothing about the present */
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
