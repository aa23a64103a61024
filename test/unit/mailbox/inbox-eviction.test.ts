import fc from 'fast-check';
import { expect, it } from 'vitest';
import { proofAfterMs } from '../../../runtime/mailbox/lane-loader.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { InboxBench, numbered } from '../../support/inbox-bench.ts';

it('The inbox keeps a bounded number of payloads per agent, reads the rest again in order, and loses none', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 4 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 50));
  expect(bench.inbox.counts).toMatchObject({ held: 50, payloadBytes: 8 });
  await bench.finishAll();
  expect(bench.handed).toEqual(numbered('m', 50));
  expect(bench.reads.length).toBeGreaterThan(10);
  expect(bench.inbox.counts).toMatchObject({ held: 0, payloadBytes: 0, mailboxes: 0 });
});

it('The inbox keeps order in every lane of an agent whose lanes are evicted and read again at the same time', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 4 });
  bench.slow();
  for (let n = 0; n < 20; n++)
    for (const from of ['p', 'q', 'r', 's', 't', 'u']) bench.deliverAll(`client/${from}`, [`${from}${n}`]);
  await bench.finishAll();
  for (const from of ['p', 'q', 'r', 's', 't', 'u']) {
    expect(bench.handed.filter((text) => text.startsWith(from))).toEqual(numbered(from, 20));
  }
});

it('The inbox keeps a bounded number of payload bytes in all, for any agents', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 100, maxPayloadBytes: 100 });
  bench.slow();
  for (let n = 0; n < 40; n++)
    for (const to of ['a', 'b', 'c']) bench.deliverAll('client/c', [`${to}-${n}`.padEnd(10, '.')], `agent/${to}`);
  expect(bench.inbox.counts).toMatchObject({ held: 120, payloadBytes: 100 });
  let most = 0;
  for (let next = bench.running[0]; next !== undefined; next = bench.running[0]) {
    await bench.finish(next);
    most = Math.max(most, bench.inbox.counts.payloadBytes);
  }
  expect(most).toBeLessThanOrEqual(100 + 3 * 10);
  for (const to of ['a', 'b', 'c']) {
    const handed = bench.handed.filter((text) => text.startsWith(to)).map((text) => text.replaceAll('.', ''));
    expect(handed).toEqual(numbered(`${to}-`, 40));
  }
});

it('The inbox reads nothing ahead without room: one payload at a time while the node is full', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 8, maxPayloadBytes: 20 });
  bench.slow();
  bench.deliverAll('client/c', ['x'.repeat(20)], 'agent/full');
  bench.deliverAll('client/c', numbered('m', 6), 'agent/a');
  await bench.finish('m0');
  await bench.finish('m1');
  expect(bench.reads.map((seqs) => seqs.length)).toEqual([1, 1]);
});

it('The inbox asks the store again until it answers', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.fetchFails = 3;
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 4));
  await bench.finishAll();
  for (const pause of [250, 500, 1_000]) {
    bench.clock.advance(pause);
    await turn();
  }
  await bench.finishAll();
  expect(bench.handed).toEqual(numbered('m', 4));
});

it('The inbox passes over a queued intent that was purged from the store, and counts it no longer', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 6));
  bench.stored.splice(3, 2);
  await bench.finishAll();
  expect([bench.handed, bench.inbox.counts.held]).toEqual([['m0', 'm1', 'm2'], 3]);
  for (let proof = 0; proof < 2; proof++) {
    bench.clock.advance(proofAfterMs);
    await turn();
    await bench.finishAll();
  }
  expect([bench.handed, bench.inbox.counts.held]).toEqual([['m0', 'm1', 'm2', 'm5'], 0]);
  expect(bench.inbox.counts.mailboxes).toBe(0);
});

it('The inbox does not drop a queued intent that one read missed: it is handled in its order', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 6));
  const [missed] = bench.stored.splice(3, 1);
  await bench.finishAll();
  expect(bench.handed).toEqual(['m0', 'm1', 'm2']);
  if (missed !== undefined) bench.stored.splice(0, 0, missed);
  bench.clock.advance(proofAfterMs);
  await turn();
  await bench.finishAll();
  expect(bench.handed).toEqual(numbered('m', 6));
});

it('The inbox handles a queued intent that was taken for gone when the store delivers it all the same', async () => {
  const bench = new InboxBench({ payloadsPerAgent: 2 });
  bench.slow();
  bench.deliverAll('client/c', numbered('m', 4));
  const [missed] = bench.stored.splice(2, 1);
  await bench.finishAll();
  bench.clock.advance(proofAfterMs);
  await turn();
  await bench.finishAll();
  expect(bench.handed).toEqual(['m0', 'm1', 'm3']);
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ seq: missed?.seq ?? 0, text: 'm2' });
  await bench.finishAll();
  expect([bench.handed, bench.settledSeqs]).toEqual([
    ['m0', 'm1', 'm3', 'm2'],
    [1, 2, 4, 3],
  ]);
});

it("The inbox handles every intent once and in its lane's order, whatever limits, speeds and senders", async () => {
  const settings = fc.record({
    payloadsPerAgent: fc.integer({ min: 2, max: 6 }),
    maxPayloadBytes: fc.integer({ min: 4, max: 40 }),
  });
  const letters = fc.array(fc.record({ from: fc.constantFrom('p', 'q', 'r'), to: fc.constantFrom('a', 'b') }), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(settings, letters, fc.infiniteStream(fc.boolean()), async (given, sent, coin) => {
      const bench = new InboxBench(given);
      bench.slow();
      const texts = sent.map(({ from, to }, n) => `${from}${to}${n}`);
      for (const [n, text] of texts.entries()) {
        bench.deliverAll(`client/${text[0]}`, [text], `agent/${text[1]}`);
        const next = bench.running[n % 2];
        if (coin.next().value && next !== undefined) await bench.finish(next);
      }
      await bench.finishAll();
      const lanes = (list: readonly string[]) => [...list].sort((a, b) => a.slice(0, 2).localeCompare(b.slice(0, 2)));
      expect(lanes(bench.handed)).toEqual(lanes(texts));
      expect(bench.settledSeqs).toHaveLength(texts.length);
      expect(bench.inbox.counts).toMatchObject({ held: 0, handling: 0, payloadBytes: 0, mailboxes: 0 });
    }),
    { numRuns: 100 },
  );
});
