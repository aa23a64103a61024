/** Stores dead letters: intents that will not be handled, with every reason; retries until the store has them. */
import { Backoff } from '../core/backoff.ts';
import { type Clock, sleepUnlessAborted, toIso } from '../core/clock.ts';
import { type DeadRecord, deadLetterKey, deadNoteKey } from '../core/dead-record.ts';
import { isRetryable, reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';
import { cut } from '../core/stack.ts';
import type { Lane, QueuedIntent } from '../mailbox/lane.ts';
import type { Lease } from '../mailbox/lease.ts';

/** The part of a dead record that is not its payload. */
export type DeadHead = Omit<DeadRecord, 'v' | 'payload' | 'truncated'>;

export interface WhyDead {
  /** `undefined`: the message is not an intent. */
  readonly intentId: string | undefined;
  readonly reason: string;
  readonly errors: readonly string[];
  /** Of the newest errors. */
  readonly stacks: readonly string[];
}

export interface DeadLetterParts {
  /** The largest record, in bytes, that the connected server accepts. */
  readonly maxBytes: () => number;
  /** Resolves when the record is stored. */
  readonly store: (key: string, messageId: string, payload: Uint8Array) => Promise<unknown>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

const retryRule = Object.freeze({ initialIntervalMs: 500, maxIntervalMs: 10_000 });
/** Limit for a payload: two thirds of the usual `max_payload` once it is Base64. */
const keptBytes = 512 * 1024;
/** Limit for the errors: the newest are kept, each cut. */
const keptErrors = 16;
const errorChars = 2_048;
/** Limit for an error that is cut to fit a small server. */
const smallErrorChars = 256;

export class DeadLetters {
  readonly #parts: DeadLetterParts;
  readonly #reasons = new ReasonLog();

  constructor(parts: DeadLetterParts) {
    this.#parts = parts;
  }

  /** @returns whether it is stored; `false` when the node stopped, or lost the partition, first */
  async store(lane: Lane, held: QueuedIntent, lease: Lease, why: WhyDead): Promise<boolean> {
    const { intentId, reason, errors, stacks } = why;
    const { clock, log, signal, random } = this.#parts;
    const { pool, partition } = lane.at;
    const { seq, attempts } = held;
    const died_at = toIso(clock.now());
    const { subject } = lane;
    const intent_id = intentId ?? null;
    const traced = stacks.length === 0 ? {} : { stacks };
    const head: DeadHead = { pool, partition, seq, subject, intent_id, reason, attempts, errors, ...traced, died_at };
    const backoff = new Backoff(random, retryRule);
    while (!(await this.#isStored(head, held.payload, lease))) {
      if (lease.lost === undefined) await sleepUnlessAborted(clock, backoff.nextMs(), signal);
      if (signal.aborted || lease.lost !== undefined) return false;
    }
    log.warn({ subject: lane.subject, seq: held.seq, reason: errors.at(-1) }, 'dead letter');
    return true;
  }

  /** Stores a record once, cut to the server's limit. @throws what the store throws */
  async record(head: DeadHead, payload: Uint8Array): Promise<void> {
    const { maxBytes, store } = this.#parts;
    const { pool, seq, died_at, outcome } = head;
    await store(
      outcome === undefined ? deadLetterKey(head) : deadNoteKey(head),
      `${pool}.${seq}.${died_at}`,
      encodeDead(head, payload, maxBytes()),
    );
  }

  async #isStored(head: DeadHead, payload: Uint8Array, lease: Lease): Promise<boolean> {
    try {
      if (!lease.isFresh) await lease.whenFresh();
      await this.record(head, payload);
      this.#reasons.recovered();
      return true;
    } catch (error) {
      const reason = reasonOf(error);
      if (this.#reasons.isNew(reason)) {
        const { subject } = head;
        this.#parts.log.error({ subject, reason, lasts: !isRetryable(error, true) }, 'dead letter not stored yet');
      }
      return false;
    }
  }
}

/**
 * Encodes a record within the size limit, as far as its names allow: leaves out stack traces first, then cuts the payload, then
 * the errors.
 */
export function encodeDead(head: DeadHead, payload: Uint8Array, maxBytes: number): Uint8Array {
  const { stacks = [], ...bare } = head;
  const whole = { v: 1, ...bare, errors: head.errors.slice(-keptErrors).map((text) => cut(text, errorChars)) };
  const wanted = base64Length(Math.min(payload.length, keptBytes));
  const traced = [stacks, stacks.slice(-1)]
    .filter((some) => some.length > 0)
    .map((some) => ({ ...whole, stacks: some }))
    .find((record) => byteLength(record) + wanted <= maxBytes);
  const record = traced ?? whole;
  const room = maxBytes - byteLength(record);
  const kept = payload.subarray(0, Math.max(0, Math.min(keptBytes, Math.floor((room * 3) / 4) - 4)));
  const isCut = kept.length < payload.length;
  if (room >= 0) return encode(record, kept, isCut);
  return encode({ ...whole, errors: head.errors.slice(-1).map((text) => cut(text, smallErrorChars)) }, kept, isCut);
}

const encode = (head: object, payload: Uint8Array, truncated: boolean): Uint8Array =>
  Buffer.from(JSON.stringify({ ...head, payload: Buffer.from(payload).toString('base64'), truncated }));

const byteLength = (head: object): number => encode(head, new Uint8Array(0), false).length;

/** With the room that cutting to whole groups may waste. */
const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3) + 8;
