/** A node's contact with the store of one pool, proved by writes: its age counts from the sending of the last confirmed one. */
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { retry } from '../core/retry.ts';
import type { Transport } from '../transport/index.ts';
import { proveWithinMs } from './contact-limits.ts';

export interface StoreContactParts {
  readonly transport: Pick<Transport, 'reach'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  /** Aborted when the node stops claiming. */
  readonly closing: AbortSignal;
  /** Called when a write came back, with the times of sending and of now; both monotonic. */
  readonly proved: (sentAt: number, now: number) => void;
}

export interface StoreSilence {
  readonly ms: number;
  readonly reason: string;
}

/** For writes whose failure gives no other reason. */
const unconfirmed = 'it confirms no write';

export class StoreContact {
  readonly #parts: StoreContactParts;
  readonly #reasons = new ReasonLog();
  #provedAt = Number.NEGATIVE_INFINITY;
  #obstacle = unconfirmed;

  constructor(parts: StoreContactParts) {
    this.#parts = parts;
  }

  /** Infinite before the first proof. */
  get ageMs(): number {
    return this.#parts.clock.monotonic() - this.#provedAt;
  }

  /**
   * How long the store has confirmed no write that proves contact, with the last known reason; `undefined` before the first.
   */
  get silence(): StoreSilence | undefined {
    if (!Number.isFinite(this.#provedAt)) return undefined;
    return { ms: this.ageMs, reason: this.#obstacle };
  }

  /** Proves contact before a claim: one lost message does not end the attempt. @throws TransportUnavailableError */
  async prove(): Promise<void> {
    const { clock, random, closing } = this.#parts;
    await retry({ clock, random, withinMs: proveWithinMs, signal: closing }, () => this.reach());
  }

  /** Proves contact by one write, for a node that owns nothing. @throws TransportUnavailableError */
  async reach(): Promise<void> {
    const { transport, clock, log, pool } = this.#parts;
    const sentAt = clock.monotonic();
    try {
      await transport.reach(pool);
    } catch (error) {
      const reason = reasonOf(error);
      this.#obstacle = reason;
      if (this.#reasons.isNew(reason)) log.warn({ pool, reason }, 'no proof of contact with the store');
      throw error;
    }
    this.contacted(sentAt);
  }

  /** Records that a write is confirmed, with the monotonic time at which it was sent. */
  contacted(sentAt: number): void {
    const { clock, log, pool, proved } = this.#parts;
    this.#provedAt = Math.max(this.#provedAt, sentAt);
    this.#obstacle = unconfirmed;
    proved(sentAt, clock.monotonic());
    if (this.#reasons.recovered()) log.info({ pool }, 'contact with the store is proved again');
  }
}
