/** Intents that will not be handled: recorded with every reason, until the store has it. */
import { type Clock, sleep, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Held, Lane } from '../mailbox/lane.ts';
import type { Lease } from '../mailbox/lease.ts';

/** What the dead-letter stream holds of one. */
export interface DeadRecord {
  readonly v: 1;
  readonly pool: string;
  readonly partition: number;
  readonly seq: number;
  readonly subject: string;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  readonly attempts: number;
  readonly errors: readonly string[];
  readonly died_at: string;
  /** The message as it was, Base64: it may be no intent at all. */
  readonly payload: string;
  /** Only the beginning of the message is kept. */
  readonly truncated: boolean;
}

export interface DeadLetterParts {
  /** Resolves when the store has it. */
  readonly store: (record: DeadRecord) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

const pauseMs = 1_000;
/** Two thirds of the server's `max_payload` once it is Base64. */
const keptBytes = 512 * 1024;

export class DeadLetters {
  readonly #parts: DeadLetterParts;

  constructor(parts: DeadLetterParts) {
    this.#parts = parts;
  }

  /** @returns whether it is stored; `false` when the node stopped, or lost the partition, first */
  async bury(lane: Lane, held: Held, lease: Lease, reason: string, errors: readonly string[]): Promise<boolean> {
    const { clock, log, signal } = this.#parts;
    const record: DeadRecord = {
      v: 1,
      pool: lane.at.pool,
      partition: lane.at.partition,
      seq: held.seq,
      subject: lane.subject,
      reason,
      attempts: held.attempts,
      errors,
      died_at: toIso(clock.now()),
      payload: Buffer.from(held.payload.subarray(0, keptBytes)).toString('base64'),
      truncated: held.payload.length > keptBytes,
    };
    while (!(await this.#isStored(record, lease))) {
      if (lease.lost === undefined) await sleep(clock, pauseMs, signal).catch(() => undefined);
      if (signal.aborted || lease.lost !== undefined) return false;
    }
    log.warn({ subject: lane.subject, seq: held.seq, reason: errors.at(-1) }, 'dead letter');
    return true;
  }

  async #isStored(record: DeadRecord, lease: Lease): Promise<boolean> {
    try {
      if (!lease.isFresh) await lease.whenFresh();
      await this.#parts.store(record);
      return true;
    } catch (error) {
      this.#parts.log.error({ subject: record.subject, reason: reasonOf(error) }, 'dead letter not stored yet');
      return false;
    }
  }
}
