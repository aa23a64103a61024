import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from '../../../runtime/mailbox/fifo.ts';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('push' as const) },
  { weight: 3, arbitrary: fc.constant('shift' as const) },
  { weight: 1, arbitrary: fc.constant('unshift' as const) },
);

it('A FIFO behaves like an array with push, shift and unshift, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), fc.boolean(), (steps, objects) => {
      const fifo = new Fifo<unknown>();
      const model: unknown[] = [];
      for (const [n, name] of steps.entries()) {
        const item = objects ? { n } : n;
        if (name === 'shift') expect(fifo.shift()).toBe(model.shift());
        else {
          fifo[name](item);
          model[name](item);
        }
        expect([fifo.length, fifo.peek()]).toEqual([model.length, model[0]]);
      }
      expect([...fifo]).toEqual(model);
    }),
    { numRuns: 100 },
  );
});

it('A FIFO keeps no removed item alive', async () => {
  const fifo = new Fifo<object>();
  const taken: WeakRef<object>[] = [];
  for (let i = 0; i < 40; i++) fifo.push({ i });
  for (let i = 0; i < 30; i++) taken.push(new WeakRef(fifo.shift() ?? {}));
  await collectGarbage();
  expect(fifo.length).toBe(10);
  expect(taken.filter((reference) => reference.deref() !== undefined)).toHaveLength(0);
});

it('A FIFO gives back the space of millions of items as it empties, without ever being empty', async () => {
  const fifo = new Fifo<number>();
  for (let i = 0; i < 1_000; i++) fifo.push(i);
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 1_000_000; i++) {
    fifo.push(i);
    fifo.shift();
  }
  await collectGarbage();
  expect(fifo.length).toBe(1_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
});

/** Node's own collector, without the flag that has to be given at start. */
async function collectGarbage(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}
