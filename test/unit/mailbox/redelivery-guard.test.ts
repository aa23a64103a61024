import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RedeliveryGuard } from '../../../runtime/mailbox/redelivery-guard.ts';

const at = (seq: number, storedAt: number, partition = 0) => ({
  pool: 'main',
  partition,
  seq,
  storedAt,
  subject: '',
  payload: new Uint8Array(0),
});

it('knows every redelivery of a feed that starts over anywhere, and no new message', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 10 }), (restarts) => {
      const guard = new RedeliveryGuard();
      let seen = 0;
      for (const from of [0, ...restarts]) {
        for (let seq = from + 1; seq <= from + 10; seq++) {
          if (seq > seen + 1) break;
          expect(guard.check(at(seq, 1_000 + seq))).toBe(seq <= seen ? 'seen' : 'new');
          seen = Math.max(seen, seq);
        }
      }
    }),
  );
});

it('knows a sequence that is used again by its later time', () => {
  const guard = new RedeliveryGuard();
  guard.check(at(7, 100));
  expect([guard.check(at(5, 200)), guard.check(at(5, 200)), guard.check(at(6, 201))]).toEqual([
    'reused',
    'seen',
    'new',
  ]);
});

it('starts anew for a partition that it forgot, and only for that', () => {
  const guard = new RedeliveryGuard();
  guard.check(at(7, 100, 0));
  guard.check(at(8, 100, 1));
  guard.forget('main', 0);
  expect([guard.check(at(7, 100, 0)), guard.check(at(8, 100, 1))]).toEqual(['new', 'seen']);
});
