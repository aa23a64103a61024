/** The publishes that wait for an answer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PendingPublishes } from '../../../runtime/transport/jetstream/pending-publishes.ts';

const settle = (): void => undefined;

it('The table returns a publish for its number once, and for no other number', () => {
  const pending = new PendingPublishes();
  const number = pending.add('a', settle, 0);

  for (const other of [number + 1, number + 1024, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(pending.take(other)).toBeUndefined();
  }
  expect(pending.take(number)).toMatchObject({ number, subject: 'a' });
  expect(pending.take(number)).toBeUndefined();
  expect(pending.size).toBe(0);
});

it('The table never gives a number twice, whatever the order of the answers', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 4_000 }), (answers) => {
      const pending = new PendingPublishes();
      const model = new Map<number, string>();
      let newest = -1;
      for (const [n, answer] of answers.entries()) {
        const number = pending.add(`s${n}`, settle, 0);
        expect(number).toBeGreaterThan(newest);
        newest = number;
        model.set(number, `s${n}`);
        expect(pending.take(answer)?.subject).toBe(model.get(answer));
        model.delete(answer);
        expect(pending.size).toBe(model.size);
      }
      const rest = pending.takeAll(() => true);
      expect(rest.map(({ number, subject }) => [number, subject])).toEqual([...model]);
      expect(pending.size).toBe(0);
    }),
    { numRuns: 20 },
  );
});

it('The table takes only matching publishes, the oldest first', () => {
  const pending = new PendingPublishes();
  for (let n = 0; n < 3_000; n++) pending.add(n % 2 === 0 ? 'even' : 'odd', settle, n);

  const even = pending.takeAll(({ subject }) => subject === 'even');

  expect(even.map(({ sentIn }) => sentIn)).toEqual(Array.from({ length: 1_500 }, (_, n) => 2 * n));
  expect(pending.size).toBe(1_500);
});
