/** An idempotency key means once: whatever the order in which requests, refusals and crashes follow each other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import type { Accepted } from '../../../runtime/gateway/accepted.ts';
import { Idempotency } from '../../../runtime/gateway/idempotency.ts';
import { type KeyRecord, planFor } from '../../../runtime/gateway/idempotency-record.ts';
import { type Entry, type KeyValueStore, RevisionConflictError } from '../../../runtime/transport/index.ts';

const times = { sendDeadlineMs: 30_000, windowMs: 60_000 };
const ticket = (intent_id: string): Accepted => ({ ticket: `t-${intent_id}`, intent_id, to: 'a', stream: 'S', seq: 1 });
const begun: KeyRecord = { v: 2, request: 'r', intent_id: 'i', state: 'begun', begun_at: 1_000, accepted: null };

/** A store whose every answer is given when the test says so. */
class StoreByHand implements KeyValueStore {
  readonly #records = new Map<string, Entry>();
  #revision = 0;
  readonly pending: (() => void)[] = [];

  read(key: string): ReturnType<KeyValueStore['read']> {
    return this.#later(() => this.#records.get(key));
  }

  write(key: string, value: string, expected: number): Promise<number> {
    return this.#later(() => {
      if ((this.#records.get(key)?.revision ?? 0) !== expected) throw new RevisionConflictError(key, expected);
      this.#records.set(key, { value, revision: ++this.#revision, storedAt: 0 });
      return this.#revision;
    });
  }

  list(): ReturnType<KeyValueStore['list']> {
    return Promise.resolve([]);
  }

  remove(): Promise<void> {
    return Promise.reject(new Error('a record is never removed: another request may have written it since'));
  }

  #later<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pending.push(() => {
        try {
          resolve(act());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }
}

describe('a request with a key', () => {
  it.each<[string, KeyRecord | undefined, string, number, object]>([
    ['that is new begins', undefined, 'r', 0, { kind: 'begin' }],
    ['whose first request was refused begins', { ...begun, state: 'free' }, 'other', 0, { kind: 'begin' }],
    ['that was used for something else is refused', begun, 'other', 1_000, { kind: 'conflict' }],
    [
      'that is finished gets the ticket',
      { ...begun, state: 'finished', accepted: ticket('i') },
      'r',
      86_000_000,
      { kind: 'replay', accepted: ticket('i') },
    ],
    ['whose request is under way waits', begun, 'r', 1_500, { kind: 'wait', retryAfterMs: 1_000 }],
    ['whose process died is taken over', begun, 'r', 31_000, { kind: 'take_over', deadlineMs: 18_000 }],
    [
      'whose request got no answer is taken over at once',
      { ...begun, state: 'uncertain' },
      'r',
      2_000,
      { kind: 'take_over', deadlineMs: 30_000 },
    ],
    ['that the store has forgotten is not sent again', begun, 'r', 49_000, { kind: 'unknown' }],
    ['that an older release left open is not sent again', { ...begun, v: 1 }, 'r', 1_000, { kind: 'unknown' }],
  ])('A request with a key is planned: %s', (_what, found, request, now, plan) => {
    expect(planFor(found, request, now, times)).toEqual(plan);
  });
});

it('A request with a key is stored once under any order of answers, refusals and unanswered sends, by three nodes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('stored', 'refused', 'unknown-stored', 'unknown-lost'), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(2), { minLength: 2, maxLength: 8 }),
      fc.infiniteStream(fc.nat(99)),
      async (fates, requests, order) => {
        const store = new StoreByHand();
        const clock = new ManualClock();
        const nodes = [0, 1, 2].map(() => new Idempotency(store, clock, times));
        const [stored, next] = [new Set<string>(), fates[Symbol.iterator]()];
        let ids = 0;
        const send = async (id: string): Promise<Accepted> => {
          const fate = next.next().value ?? 'stored';
          if (fate === 'refused') throw Object.assign(new Error('full'), { code: 'PARLEY_MAILBOX_FULL' });
          if (fate !== 'unknown-lost') stored.add(id);
          if (fate !== 'stored') throw Object.assign(new Error('?'), { code: 'PARLEY_SEND_OUTCOME_UNKNOWN' });
          return ticket(id);
        };
        const ask = (node: number): Promise<unknown> =>
          nodes[node]?.once({ client: 'c', key: 'k', text: 't', newId: () => `i${ids++}`, send }) ?? Promise.reject();
        const answers = Promise.allSettled(requests.map(ask));
        let settled = false;
        void answers.then(() => {
          settled = true;
        });
        while (!settled) {
          const [act] = store.pending.splice((order.next().value ?? 0) % Math.max(1, store.pending.length), 1);
          if (act === undefined) clock.advance(100);
          act?.();
          for (let n = 0; n < 20; n++) await Promise.resolve();
        }
        expect(stored.size).toBeLessThanOrEqual(1);
        const given = (await answers).flatMap((answer) =>
          answer.status === 'fulfilled' ? [(answer.value as { accepted: Accepted }).accepted.ticket] : [],
        );
        expect(new Set(given).size).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 500 },
  );
});
