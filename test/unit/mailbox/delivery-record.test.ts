import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeliveryRecord } from '../../../runtime/mailbox/delivery-record.ts';

const made = (): DeliveryRecord => new DeliveryRecord(() => undefined);

/** Delivers sequences that were stored at their own number. */
function deliver(record: DeliveryRecord, ...seqs: number[]): readonly string[] {
  return seqs.map((seq) => record.check(seq, seq));
}

it('The record knows every redelivery of a feed that starts over anywhere, and no new message', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 10 }), (restarts) => {
      const record = made();
      let seen = 0;
      for (const from of [0, ...restarts]) {
        record.expectAgain();
        for (let seq = from + 1; seq <= Math.min(from + 10, seen + 1); seq++) {
          expect(record.check(seq, 1_000 + seq)).toBe(seq <= seen ? 'held' : 'new');
          seen = Math.max(seen, seq);
        }
      }
    }),
  );
});

it('The record knows the progress of a message that is delivered again', () => {
  const record = made();
  deliver(record, 1, 2, 3, 4);
  record.finishing(2);
  record.finish(3);
  record.finish(4);
  record.confirmed([4]);
  record.expectAgain();
  expect(deliver(record, 1, 2, 3, 4)).toEqual(['held', 'finishing', 'finished', 'finished']);
});

it('The record acknowledges only messages that the current feed has delivered', () => {
  const record = made();
  deliver(record, 1, 2);
  expect(record.finish(1)).toBe(true);
  record.expectAgain();
  expect([record.finish(2), record.awaits]).toEqual([false, true]);
  expect([deliver(record, 1), record.awaits]).toEqual([['finished'], true]);
  expect([deliver(record, 2), record.awaits, record.finish(2)]).toEqual([['finished'], false, true]);
});

it('The record does not wait for a message that the current feed has passed over: the store has it no longer', () => {
  const record = made();
  deliver(record, 1, 2, 3);
  record.finish(1);
  record.expectAgain();
  expect([deliver(record, 3), record.awaits, record.finish(1)]).toEqual([['held'], false, false]);
});

it('The record waits for nothing once the current feed has delivered everything stored', () => {
  const record = made();
  deliver(record, 1, 2, 3, 4);
  record.finish(1);
  record.finishing(2);
  record.finish(4);
  record.expectAgain();
  deliver(record, 1);
  record.caughtUp();
  expect([record.awaits, record.finish(1), record.finish(2), record.finish(3), record.finish(4)]).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
  // a store that said too early that it had nothing more: what was finished is acknowledged all the same
  expect(deliver(record, 2, 4, 5)).toEqual(['finished', 'finished', 'new']);
});

it('The record never acknowledges a message that was running when its feed passed it over', () => {
  const record = made();
  deliver(record, 1, 2);
  record.expectAgain();
  deliver(record, 2);
  record.finishing(1);
  expect(record.finish(1)).toBe(false);
});

it('The record knows a reused sequence by its other time, later or earlier', () => {
  for (const storedAt of [1_000, 1]) {
    const record = made();
    deliver(record, 5, 6, 7);
    record.finish(6);
    record.expectAgain();
    expect(record.check(6, storedAt)).toBe('reused');
    expect([record.check(7, storedAt + 1), record.check(6, storedAt)]).toEqual(['new', 'held']);
    expect(record.knows(7, 7)).toBe(false);
  }
});

it('The record takes an unseen sequence below the highest for new, whatever the clock said', () => {
  const record = made();
  deliver(record, 10, 20);
  record.finish(10);
  record.finish(20);
  record.confirmed([10, 20]);
  record.expectAgain();
  expect([record.check(15, 12), record.check(16, 11)]).toEqual(['new', 'new']);
  expect(record.check(20, 13)).toBe('reused');
});

it('The record takes a message that was proved gone for new when the store delivers it all the same', () => {
  const record = made();
  deliver(record, 1, 2, 3);
  record.drop(2);
  record.expectAgain();
  expect(deliver(record, 1, 2, 3)).toEqual(['held', 'new', 'held']);
});

it('The record knows a message that the server delivers again within one feed, after its time for acknowledgements', () => {
  const record = made();
  deliver(record, 1, 2, 3);
  record.finish(2);
  expect([deliver(record, 1, 2), record.finish(3)]).toEqual([['held', 'finished'], true]);
});

it('The record is bounded by unacknowledged messages: of the rest it keeps the newest, whatever is running longest', () => {
  let bytes = 0;
  const record = new DeliveryRecord((more) => {
    bytes += more;
  });
  deliver(record, 1);
  for (let seq = 2; seq <= 100_000; seq++) {
    deliver(record, seq);
    record.finish(seq);
    record.confirmed([seq]);
  }
  expect(record.length).toBeLessThanOrEqual(4_097);
  expect(bytes).toBe(0);
  record.expectAgain();
  expect(deliver(record, 1, 99_999)).toEqual(['held', 'finished']);
});

it('The record counts the bytes of unacknowledged messages, and gives them back', () => {
  let bytes = 0;
  const record = new DeliveryRecord((more) => {
    bytes += more;
  });
  for (let seq = 1; seq <= 50_000; seq++) deliver(record, seq);
  expect(bytes).toBeGreaterThan(50_000 * 17 - 8_192 * 17);
  record.clear();
  expect([bytes, record.length]).toEqual([0, 0]);
});

it('The record agrees with a list of everything, whatever is delivered, finished, confirmed and lost', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('next', 'finish', 'confirm', 'reopen', 'lose'), fc.nat(40)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (given) => {
      const record = made();
      /** What the store holds: sequence and time. */
      let stored: { seq: number; at: number; state: 'held' | 'finished' }[] = [];
      const finished = new Set<string>();
      let [seq, time, cursor] = [0, 0, 0];
      for (const [step, n] of given) {
        const at = stored.length === 0 ? 0 : n % stored.length;
        const chosen = stored[at];
        if (step === 'next') {
          stored.push({ seq: ++seq, at: ++time, state: 'held' });
          // the feed has caught up before
          for (; cursor < stored.length; cursor++) {
            const { seq: s, at: t, state } = stored[cursor] as { seq: number; at: number; state: 'held' | 'finished' };
            const standing = record.check(s, t);
            if (cursor < stored.length - 1) expect(standing).toBe(state);
            else expect(['new', 'reused']).toContain(standing);
          }
        } else if (step === 'finish' && chosen !== undefined && chosen.state === 'held') {
          chosen.state = 'finished';
          expect(record.finish(chosen.seq)).toBe(at < cursor);
          finished.add(`${chosen.seq} ${chosen.at}`);
        } else if (step === 'confirm' && chosen?.state === 'finished' && at < cursor) {
          record.confirmed([chosen.seq]);
          stored.splice(at, 1);
          cursor--;
        } else if (step === 'reopen') {
          record.expectAgain();
          cursor = 0;
        } else if (step === 'lose' && cursor === stored.length) {
          // the store loses its newest, a clock steps back, and a new feed begins
          stored = stored.slice(0, at);
          seq = stored.at(-1)?.seq ?? 0;
          time += n % 2 === 0 ? 1 : 0;
          record.expectAgain();
          cursor = 0;
        }
      }
    }),
  );
});
