/**
 * Tells a new delivery from one seen before, per partition, in constant memory.
 *
 * A feed delivers in order of sequence, so what is not above the highest seen has been seen, unless the store lost its newest
 * messages (a power failure) and uses their sequences again: then it was stored later. Later than anything seen: another
 * server's clock may be behind when it takes over, and what was stored before would look reused.
 */
import type { Delivery } from '../core/delivery.ts';

interface Highest {
  seq: number;
  storedAt: number;
}

/** `reused`: new, but at a sequence that had been delivered with another message. */
export type Novelty = 'new' | 'seen' | 'reused';

export class RedeliveryGuard {
  readonly #highest = new Map<string, Highest>();

  check(delivery: Delivery): Novelty {
    const place = placeOf(delivery.pool, delivery.partition);
    const highest = this.#highest.get(place);
    if (highest === undefined) {
      this.#highest.set(place, { seq: delivery.seq, storedAt: delivery.storedAt });
      return 'new';
    }
    if (delivery.seq <= highest.seq && delivery.storedAt <= highest.storedAt) return 'seen';
    const novelty = delivery.seq <= highest.seq ? 'reused' : 'new';
    highest.seq = delivery.seq;
    highest.storedAt = Math.max(highest.storedAt, delivery.storedAt);
    return novelty;
  }

  /** Somebody else owns the partition: what this node knows of it is no longer the whole truth. */
  forget(pool: string, partition: number): void {
    this.#highest.delete(placeOf(pool, partition));
  }
}

const placeOf = (pool: string, partition: number): string => `${pool}.${partition}`;
