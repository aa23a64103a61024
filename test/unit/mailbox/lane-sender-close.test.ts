import { expect, it } from 'vitest';
import { SenderBench } from '../../support/sender-bench.ts';

it('A closing sender settles every send: queued and refused ones are not stored, those in flight may be', async () => {
  const bench = new SenderBench();
  bench.send('a', 'flying');
  bench.send('a', 'queued');
  bench.send('b', 'paused');
  bench.store.unavailable('paused');
  bench.send('c', 'doubtful');
  bench.store.unknown('doubtful');
  bench.sender.close();
  expect(bench.told.sort()).toEqual([
    'doubtful PARLEY_SEND_OUTCOME_UNKNOWN',
    'flying PARLEY_SEND_OUTCOME_UNKNOWN',
    'paused PARLEY_NODE_STOPPING',
    'queued PARLEY_NODE_STOPPING',
  ]);
  await bench.sender.idle();
  expect([bench.sender.pending, bench.clock.pending]).toEqual([0, 0]);
});

it('A closed sender publishes nothing, whatever the store answers then', () => {
  const bench = new SenderBench({ window: 1 });
  for (const lane of ['a', 'b', 'c']) bench.send(lane, `${lane}1`, { mode: 'wait' });
  bench.send('a', 'a2');
  bench.sender.close();
  bench.store.full('a1');
  bench.sender.retryNow();
  bench.clock.advance(120_000);
  expect(bench.store.published).toEqual(['a1']);
  expect(bench.told).toHaveLength(4);
  expect([bench.sender.pending, bench.clock.pending]).toEqual([0, 0]);
});

it('A closed sender refuses every send, also from within a callback of the close', () => {
  const bench = new SenderBench();
  bench.onTold = (message) => {
    if (message.startsWith('a1')) bench.send('a', 'again');
  };
  bench.send('a', 'a1');
  bench.sender.close();
  bench.send('a', 'late');
  expect(bench.told.slice(1)).toEqual(['again PARLEY_NODE_STOPPING', 'late PARLEY_NODE_STOPPING']);
});

it('A closing sender resolves every wait for "idle"', async () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  const idle = bench.sender.idle();
  bench.sender.close();
  await expect(idle).resolves.toBeUndefined();
});
