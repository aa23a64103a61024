import { expect, it } from 'vitest';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { numbered } from '../../support/inbox-bench.ts';
import { SenderBench } from '../../support/sender-bench.ts';

it('The sender bounds publishes in flight over all lanes; lanes get their turn in order', () => {
  const bench = new SenderBench({ window: 3 });
  for (const lane of numbered('l', 6)) bench.send(lane, lane);
  expect(bench.store.inFlight).toEqual(['l0', 'l1', 'l2']);
  bench.store.store('l1');
  bench.store.store('l0');
  expect(bench.store.inFlight).toEqual(['l2', 'l3', 'l4']);
});

it('The sender keeps that bound for repetitions too, after pauses and after a reconnect', () => {
  const bench = new SenderBench({ window: 3 });
  for (const lane of numbered('l', 9)) bench.send(lane, lane);
  for (let i = 0; i < 9; i++) bench.store.unavailable(bench.store.inFlight[0] ?? '');
  expect(bench.store.inFlight).toHaveLength(0);
  bench.sender.retryNow();
  expect(bench.store.inFlight).toEqual(['l0', 'l1', 'l2']);
  for (const id of bench.store.inFlight) bench.store.unavailable(id);
  bench.clock.advance(1_000);
  expect(bench.store.inFlight).toHaveLength(3);
  for (let next = bench.store.inFlight[0]; next !== undefined; next = bench.store.inFlight[0]) bench.store.store(next);
  expect(bench.told.map((text) => text.slice(0, 2)).sort()).toEqual(numbered('l', 9));
});

it("The sender refuses more than its bound behind one lane's publish", () => {
  const bench = new SenderBench({ queuedPerLane: 2 });
  for (const id of numbered('a', 4)) bench.send('a', id, { mode: 'wait' });
  expect(bench.told).toEqual(['a3 PARLEY_SENDER_OVERLOADED']);
  bench.store.store('a0');
  bench.send('a', 'a4');
  expect(bench.told).toHaveLength(2);
});

it('The sender refuses more than its bound of waiting sends in all', () => {
  const bench = new SenderBench({ window: 1, queued: 3 });
  for (const lane of numbered('l', 5)) bench.send(lane, lane);
  expect(bench.told).toEqual(['l4 PARLEY_SENDER_OVERLOADED']);
});

it('The sender counts pausing sends as waiting: it does not grow while the store is away', () => {
  const bench = new SenderBench({ window: 4, queued: 10 });
  for (const lane of numbered('l', 40)) {
    bench.send(lane, lane);
    for (const id of bench.store.inFlight) bench.store.unavailable(id);
  }
  expect(bench.told).toHaveLength(30);
  expect(bench.sender.pending).toBe(10);
});

it('The sender counts every unconfirmed send as pending, also while it pauses', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.send('a', 'a2');
  bench.store.unavailable('a1');
  expect(bench.sender.pending).toBe(2);
  bench.clock.advance(2);
  bench.store.store('a1');
  expect(bench.sender.pending).toBe(1);
  bench.store.store('a2');
  expect(bench.sender.pending).toBe(0);
});

it('The sender repeats pausing sends at once when the connection is back, and leaves the rest alone', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.send('b', 'b1');
  bench.store.unavailable('a1');
  bench.sender.retryNow();
  const deadlines = 1;
  expect([bench.store.published, bench.clock.pending]).toEqual([['a1', 'b1', 'a1'], deadlines]);
});

it('The sender resolves "idle" when the last send is settled, and at once without any', async () => {
  const bench = new SenderBench();
  await bench.sender.idle();
  bench.send('a', 'a1');
  let idle = false;
  void bench.sender.idle().then(() => {
    idle = true;
  });
  await turn();
  expect(idle).toBe(false);
  bench.store.store('a1');
  await turn();
  expect(idle).toBe(true);
});

it('The sender accepts a send from within a callback, behind waiting ones', () => {
  const bench = new SenderBench();
  bench.send('a', 'a1');
  bench.send('a', 'a2');
  bench.onTold = (message) => {
    if (message.startsWith('a1')) bench.send('a', 'a3');
  };
  bench.store.store('a1');
  bench.store.store('a2');
  bench.store.store('a3');
  expect(bench.told).toEqual(['a1 stored 1', 'a2 stored 2', 'a3 stored 3']);
});

it('The sender keeps one publish per lane in flight when callbacks send to lanes that wait for the window', () => {
  const bench = new SenderBench({ window: 1 });
  const next: Record<string, string> = { a1: 'b', b1: 'c' };
  bench.onTold = (message) => {
    const id = message.slice(0, 2);
    const lane = next[id];
    if (lane !== undefined) bench.send(lane, `${lane}2`);
  };
  bench.send('a', 'a1');
  bench.send('b', 'b1');
  for (let n = 3; bench.store.inFlight.length > 0; n++) {
    if (n < 12) bench.send('b', `b${n}`);
    expect(bench.store.inFlight.filter((id) => id.startsWith('b')).length).toBeLessThanOrEqual(1);
    bench.store.store(bench.store.inFlight[0] ?? '');
  }
  const order = bench.store.published.filter((id) => id.startsWith('b') && id !== 'b2');
  expect(order).toEqual(['b1', ...Array.from({ length: 9 }, (_, n) => `b${n + 3}`)]);
});
