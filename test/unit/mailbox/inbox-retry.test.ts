import { expect, it } from 'vitest';
import type { QueuedIntent } from '../../../runtime/mailbox/lane.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { InboxBench } from '../../support/inbox-bench.ts';

const retry = { kind: 'retry', afterMs: 100 } as const;

/** Fails the intents of these texts so often, then is done with them. */
function failing(bench: InboxBench, times: Record<string, number>): void {
  bench.answer = (text, held: QueuedIntent) => (held.attempts <= (times[text] ?? 0) ? retry : { kind: 'done' });
}

it('The inbox retries after the pause, with the attempts counted, and only then serves the next of that lane', () => {
  const bench = new InboxBench();
  failing(bench, { a0: 2 });
  bench.deliverAll('client/a', ['a0', 'a1']);
  bench.clock.advance(99);
  expect(bench.handed).toEqual(['a0']);
  bench.clock.advance(1);
  expect(bench.handed).toEqual(['a0', 'a0']);
  bench.clock.advance(100);
  expect(bench.handed).toEqual(['a0', 'a0', 'a0', 'a1']);
  expect(bench.settledSeqs).toEqual([1, 2]);
});

it('A retry blocks its own lane only', () => {
  const bench = new InboxBench();
  failing(bench, { a0: 1 });
  bench.deliverAll('client/a', ['a0', 'a1']);
  bench.deliverAll('client/b', ['b0', 'b1']);
  expect(bench.handed).toEqual(['a0', 'b0', 'b1']);
  bench.clock.advance(100);
  expect(bench.handed.slice(3)).toEqual(['a0', 'a1']);
});

it('A retry keeps its pause when the next intent of the lane arrived during the first handling', async () => {
  const bench = new InboxBench();
  bench.slow();
  bench.deliver({ text: 'a0' });
  bench.deliver({ text: 'a1' });
  await bench.finish('a0', retry);
  expect([bench.handed, bench.running]).toEqual([['a0'], []]);
  bench.clock.advance(100);
  expect(bench.running).toEqual(['a0']);
  await bench.finishAll();
  expect(bench.handed).toEqual(['a0', 'a0', 'a1']);
});

it('The inbox retries later when the receiver throws, and serves others meanwhile', () => {
  const bench = new InboxBench();
  bench.answer = (text, held) => {
    if (text === 'bad' && held.attempts === 1) throw new Error('no');
    return { kind: 'done' };
  };
  bench.deliverAll('client/a', ['bad']);
  bench.deliverAll('client/b', ['good']);
  expect(bench.handed).toEqual(['bad', 'good']);
  bench.clock.advance(5_000);
  expect([bench.handed[2], bench.inbox.counts]).toMatchObject(['bad', { held: 0, handling: 0 }]);
});

it('The inbox retries later when the receiver rejects', async () => {
  const bench = new InboxBench();
  bench.answer = (_, held) => (held.attempts === 1 ? Promise.reject(new Error('no')) : { kind: 'done' });
  bench.deliver({ text: 'a' });
  await turn();
  bench.clock.advance(5_000);
  expect([bench.handed, bench.inbox.counts.held]).toEqual([['a', 'a'], 0]);
});
