import { expect, it } from 'vitest';
import { RevisionConflictError } from '../../../runtime/transport/index.ts';
import { PoolWorld } from '../../support/pool-world.ts';
import { consumers, filled, OwnerBench } from './owner-bench.ts';

it('A release deletes the consumer, and reports no loss', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.claim());
  await world.wait(bench.owner.release());
  await world.pass(10_000);
  expect(consumers(world)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect([bench.heard, bench.owner.feed, world.clock.pending]).toEqual([['opened'], undefined, 0]);
});

it('A release in the middle of a claim leaves nothing open, at any moment of it', async () => {
  for (let ms = 0; ms <= 100; ms += 5) {
    const world = await filled(new PoolWorld(), 1);
    world.faults.change({ latencyMinMs: 10, latencyMaxMs: 10 });
    const bench = new OwnerBench(world, 'n1');
    const claimed = bench.claim();
    await world.pass(ms);
    await world.wait(bench.owner.release());
    const lines = consumers(world);
    expect(lines.filter((line) => line.startsWith('open')).length, `${ms} ms`).toBe(
      lines.filter((line) => line.startsWith('delete')).length,
    );
    await world.wait(claimed);
    await world.pass(60_000);
    expect([consumers(world), bench.owner.feed, world.clock.pending], `${ms} ms`).toEqual([lines, undefined, 0]);
  }
});

it('A release while the store is away stops further claims', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.claim());
  bench.process.transport.disconnect(20_000);
  await world.pass(1_000);
  expect(await world.outcome(bench.owner.release())).toBe('PARLEY_TRANSPORT_UNAVAILABLE');
  await world.pass(60_000);
  expect(consumers(world)).toEqual(['open c2 main 0 1']);
  expect([bench.heard, world.clock.pending]).toEqual([['opened', 'closed'], 0]);
});

it('A release leaves a tombstone, which another node may claim over at once', async () => {
  const world = await filled(new PoolWorld(), 1);
  const [first, second] = [new OwnerBench(world, 'n1'), new OwnerBench(world, 'n2')];
  await world.wait(first.claim());
  await world.wait(first.owner.release());
  expect(await world.wait(second.owner.record())).toEqual({ kind: 'released', node: 'n1', revision: 2 });
  expect(await world.wait(second.claim())).toBe(true);
});

it('A release writes no tombstone over the record of another', async () => {
  const world = await filled(new PoolWorld(), 1);
  const [first, second] = [new OwnerBench(world, 'n1'), new OwnerBench(world, 'n2')];
  await world.wait(first.claim());
  await world.wait(second.claim());
  await world.wait(first.owner.release());
  expect(await world.wait(second.owner.record())).toEqual({ kind: 'owned', node: 'n2', revision: 2 });
});

it('A living node hands a partition over, and may claim it again', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.claim());
  await world.wait(bench.owner.handOver('a test wants it'));
  expect(bench.heard).toEqual(['opened', 'closed', 'suspended', 'lost']);
  expect(await world.wait(bench.owner.record())).toMatchObject({ kind: 'released' });
  expect(consumers(world)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect(await world.wait(bench.claim())).toBe(true);
});

it('A release ends the race for a partition', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  const owners = bench.process.transport.bucket('owners');
  owners.write = (key, _value, expected) => Promise.reject(new RevisionConflictError(key, expected));
  const claimed = bench.claim();
  await world.pass(250);
  await world.wait(bench.owner.release());
  await world.wait(claimed);
  expect([bench.heard, world.clock.pending]).toEqual([[], 0]);
});
