/** The errors of an intent in memory: how many are kept, and with which stack traces. */
import { expect, it } from 'vitest';
import { Failures } from '../../../runtime/actor/handling/failures.ts';
import type { QueuedIntent } from '../../../runtime/mailbox/lane.ts';

const queued = (): QueuedIntent => ({}) as QueuedIntent;

it('An intent keeps the stack traces of its newest three errors', () => {
  const failures = new Failures();
  const intent = queued();
  for (let n = 1; n <= 5; n++) failures.note(intent, new Error(`no ${n}`));
  expect(failures.of(intent)).toEqual(['no 1', 'no 2', 'no 3', 'no 4', 'no 5']);
  expect(failures.stacksOf(intent).map((stack) => stack.split('\n')[0])).toEqual([
    'Error: no 3',
    'Error: no 4',
    'Error: no 5',
  ]);
});

it('Of very many intents that fail at once the oldest lose their stack traces, and the newest keep them', () => {
  const failures = new Failures();
  const intents = Array.from({ length: 2_100 }, queued);
  for (const intent of intents) failures.note(intent, new Error('no'));
  const traced = intents.map((intent) => failures.stacksOf(intent).length);
  expect(traced).toEqual(intents.map((_, at) => (at < 100 ? 0 : 1)));
  for (const intent of intents) expect(failures.of(intent)).toEqual(['no']);
});

it('The last error of an intent keeps its stack trace, however many failed meanwhile', () => {
  const failures = new Failures();
  const first = queued();
  failures.note(first, new Error('early'));
  for (let n = 0; n < 2_000; n++) failures.note(queued(), new Error('no'));
  failures.note(first, new Error('late'));
  expect(failures.stacksOf(first)).toEqual(['', expect.stringContaining('Error: late')]);
});

it('A refused intent has no stack trace', () => {
  const failures = new Failures();
  const intent = queued();
  failures.noteRefusal(intent, new Error('breaks its schema'));
  expect([failures.of(intent), failures.stacksOf(intent)]).toEqual([['breaks its schema'], []]);
});

it('The stack traces of intents that are over are not kept', async () => {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const failures = new Failures();
  const failOnce = (n: number): void => {
    const error = new Error(`failure ${n}`);
    error.stack = `Error: failure ${n}\n    at ${'x'.repeat(200)} (/app/agent.ts:${n}:1)`.repeat(12);
    failures.note({ seq: n } as QueuedIntent, error);
  };
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 1_500; n++) failOnce(n);
  // a weak reference holds its target until the present job has ended
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
});
