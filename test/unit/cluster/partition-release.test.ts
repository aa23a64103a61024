import { expect, it } from 'vitest';
import { RevisionConflictError } from '../../../runtime/transport/index.ts';
import { PoolRig } from '../../support/pool-rig.ts';
import { consumers, filled, OwnerBench } from './owner-bench.ts';

it('A release deletes the consumer, and reports no loss', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  await rig.wait(bench.owner.release());
  await rig.pass(10_000);
  expect(consumers(rig)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect([bench.heard, bench.owner.feed, rig.clock.pending]).toEqual([['opened'], undefined, 0]);
});

it('A release in the middle of a claim leaves nothing open, at any moment of it', async () => {
  for (let ms = 0; ms <= 100; ms += 5) {
    const rig = await filled(new PoolRig(), 1);
    rig.faults.change({ latencyMinMs: 10, latencyMaxMs: 10 });
    const bench = new OwnerBench(rig, 'n1');
    const claimed = bench.claim();
    await rig.pass(ms);
    await rig.wait(bench.owner.release());
    const lines = consumers(rig);
    expect(lines.filter((line) => line.startsWith('open')).length, `${ms} ms`).toBe(
      lines.filter((line) => line.startsWith('delete')).length,
    );
    await rig.wait(claimed);
    await rig.pass(60_000);
    expect([consumers(rig), bench.owner.feed, rig.clock.pending], `${ms} ms`).toEqual([lines, undefined, 0]);
  }
});

it('A release while the store is away stops further claims', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  bench.process.transport.disconnect(20_000);
  await rig.pass(1_000);
  expect(await rig.outcome(bench.owner.release())).toBe('PARLEY_TRANSPORT_UNAVAILABLE');
  await rig.pass(60_000);
  expect(consumers(rig)).toEqual(['open c2 main 0 1']);
  expect([bench.heard, rig.clock.pending]).toEqual([['opened', 'closed'], 0]);
});

it('A release leaves a tombstone, which another node may claim over at once', async () => {
  const rig = await filled(new PoolRig(), 1);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  await rig.wait(first.claim());
  await rig.wait(first.owner.release());
  expect(await rig.wait(second.owner.record())).toEqual({ kind: 'released', node: 'n1', revision: 2 });
  expect(await rig.wait(second.claim())).toBe(true);
});

it('A release writes no tombstone over the record of another', async () => {
  const rig = await filled(new PoolRig(), 1);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  await rig.wait(first.claim());
  await rig.wait(second.claim());
  await rig.wait(first.owner.release());
  expect(await rig.wait(second.owner.record())).toEqual({ kind: 'owned', node: 'n2', revision: 2 });
});

it('A living node hands a partition over, and may claim it again', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  await rig.wait(bench.owner.handOver('a test wants it'));
  expect(bench.heard).toEqual(['opened', 'closed', 'suspended', 'lost']);
  expect(await rig.wait(bench.owner.record())).toMatchObject({ kind: 'released' });
  expect(consumers(rig)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect(await rig.wait(bench.claim())).toBe(true);
});

it('A release ends the race for a partition', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  const owners = bench.process.transport.bucket('owners');
  owners.write = (key, _value, expected) => Promise.reject(new RevisionConflictError(key, expected));
  const claimed = bench.claim();
  await rig.pass(250);
  await rig.wait(bench.owner.release());
  await rig.wait(claimed);
  expect([bench.heard, rig.clock.pending]).toEqual([[], 0]);
});
