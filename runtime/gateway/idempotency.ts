/** Returns the same ticket for the same key for a day, on every node of the mesh; `idempotency-record.ts` makes the decisions. */
import { hash } from 'node:crypto';
import { type Clock, within } from '../core/clock.ts';
import { readStored } from '../core/stored-record.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';
import type { Accepted } from './accepted.ts';
import { IdempotencyConflictError, IdempotencyInProgressError, IdempotencyUnknownError } from './gateway-errors.ts';
import { type KeyRecord, type KeyTimes, keyShape, planFor } from './idempotency-record.ts';

export interface KeyedRequest {
  readonly client: string;
  readonly key: string;
  /** The text of the request: the same key must come with the same text. */
  readonly text: string;
  /** Creates the id of the intent if the key is new. */
  readonly newId: () => string;
  /** Sends under that id; the answer comes within `deadlineMs`, if given. */
  readonly send: (intentId: string, deadlineMs?: number) => Promise<Accepted>;
}

export interface KeyedAnswer {
  readonly accepted: Accepted;
  readonly replayed: boolean;
}

interface Claim {
  readonly name: string;
  readonly begun: KeyRecord;
  /** The revision of the record that this one replaces; 0: there is none. */
  readonly found: number;
  /** True when this intent id is new: nothing was sent under it before. */
  readonly isNew: boolean;
}

const laterMs = 1_000;
/** How long a request waits for another request of this process with the same key, milliseconds. */
const patienceMs = 2_000;

export class Idempotency {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #times: KeyTimes;
  /** Sends of this process in progress, by the name of the key. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(store: KeyValueStore, clock: Clock, times: KeyTimes) {
    this.#store = store;
    this.#clock = clock;
    this.#times = times;
  }

  /**
   * Sends, or repeats the answer to the first request of the key.
   * @throws IdempotencyConflictError, IdempotencyInProgressError, IdempotencyUnknownError, UnreadableRecordError; errors of `send`
   */
  async once(asked: KeyedRequest): Promise<KeyedAnswer> {
    const { client, key, text } = asked;
    const name = `key.${hash('sha256', `${client}\n${key}`, 'base64url').slice(0, 32)}`;
    const request = hash('sha256', text, 'base64url');
    const until = this.#clock.monotonic() + patienceMs;
    for (;;) {
      await this.#settled(name, until - this.#clock.monotonic());
      const found = await this.#store.read(name);
      const record = found === undefined ? undefined : readStored(keyShape, { key: name, text: found.value });
      const now = this.#clock.now();
      const plan = planFor(record, request, now, this.#times);
      switch (plan.kind) {
        case 'replay':
          return { accepted: plan.accepted, replayed: true };
        case 'conflict':
          throw new IdempotencyConflictError(key);
        case 'unknown':
          throw new IdempotencyUnknownError(key, record?.intent_id ?? '');
        case 'wait':
          if (this.#mayWait(name, until)) break;
          throw new IdempotencyInProgressError(key, plan.retryAfterMs);
        case 'begin':
        case 'take_over': {
          if (this.#mayWait(name, until)) break;
          if (this.#underWay.has(name)) throw new IdempotencyInProgressError(key, laterMs);
          const known = plan.kind === 'take_over' ? record : undefined;
          const begun: KeyRecord = {
            v: 2,
            request,
            intent_id: known?.intent_id ?? asked.newId(),
            state: 'begun',
            begun_at: known?.begun_at ?? now,
            accepted: null,
          };
          const deadlineMs = plan.kind === 'take_over' ? plan.deadlineMs : undefined;
          const send = (): Promise<Accepted> => asked.send(begun.intent_id, deadlineMs);
          const claim: Claim = { name, begun, found: found?.revision ?? 0, isNew: known === undefined };
          const accepted = await this.#tracked(name, this.#begin(claim, send));
          if (accepted !== undefined) return { accepted, replayed: false };
          break;
        }
        default:
          plan satisfies never;
      }
    }
  }

  #mayWait(name: string, until: number): boolean {
    return this.#underWay.has(name) && this.#clock.monotonic() < until;
  }

  /** Waits at most `ms` for a send of this process with the same key, if there is one. */
  async #settled(name: string, ms: number): Promise<void> {
    const sending = this.#underWay.get(name);
    if (sending !== undefined && ms > 0) await within(this.#clock, ms, sending);
  }

  async #tracked<T>(name: string, sending: Promise<T>): Promise<T> {
    const settled = sending.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.set(name, settled);
    try {
      return await sending;
    } finally {
      this.#underWay.delete(name);
    }
  }

  /**
   * Takes the key, then sends. A refused intent may be retried, even changed; one that may have been stored, only unchanged.
   * @returns `undefined` when another request took the key first
   */
  async #begin({ name, begun, found, isNew }: Claim, send: () => Promise<Accepted>): Promise<Accepted | undefined> {
    const revision = await this.#write(name, begun, found);
    if (revision === undefined) return undefined;
    let accepted: Accepted;
    try {
      accepted = await send();
    } catch (error) {
      const isUncertain = error instanceof Error && 'code' in error && error.code === 'PARLEY_SEND_OUTCOME_UNKNOWN';
      await this.#write(name, { ...begun, state: isUncertain || !isNew ? 'uncertain' : 'free' }, revision);
      throw error;
    }
    await this.#write(name, { ...begun, state: 'finished', accepted }, revision);
    return accepted;
  }

  /** Writes the record. @returns the new revision; `undefined` when another request has written since */
  async #write(name: string, record: KeyRecord, expected: number): Promise<number | undefined> {
    try {
      return await this.#store.write(name, JSON.stringify(record), expected);
    } catch (error) {
      if (error instanceof RevisionConflictError) return undefined;
      throw error;
    }
  }
}
