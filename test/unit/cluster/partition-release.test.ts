import { expect, it } from 'vitest';
import { RevisionConflictError } from '../../../runtime/transport/index.ts';
import { PoolWorld } from '../../support/pool-world.ts';
import { consumers, filled, OwnerBench } from './owner-bench.ts';

it('deletes its consumer when it is released, and is not told that it lost anything', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.claim());
  await world.wait(bench.owner.release());
  await world.pass(10_000);
  expect(consumers(world)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect([bench.heard, bench.owner.feed, world.clock.pending]).toEqual([['opened'], undefined, 0]);
});

it('leaves nothing open when it is released in the middle of a claim, at any moment of it', async () => {
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

it('stops claiming again when it is released while the store is away', async () => {
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

it('leaves a tombstone, which another may claim over at once', async () => {
  const world = await filled(new PoolWorld(), 1);
  const [first, second] = [new OwnerBench(world, 'n1'), new OwnerBench(world, 'n2')];
  await world.wait(first.claim());
  await world.wait(first.owner.release());
  expect(await world.wait(second.owner.record())).toEqual({ kind: 'released', node: 'n1', revision: 2 });
  expect(await world.wait(second.claim())).toBe(true);
});

it('writes no tombstone over the record of another', async () => {
  const world = await filled(new PoolWorld(), 1);
  const [first, second] = [new OwnerBench(world, 'n1'), new OwnerBench(world, 'n2')];
  await world.wait(first.claim());
  await world.wait(second.claim());
  await world.wait(first.owner.release());
  expect(await world.wait(second.owner.record())).toEqual({ kind: 'owned', node: 'n2', revision: 2 });
});

it('hands a partition over while its node lives on, and may claim it again', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.claim());
  await world.wait(bench.owner.handOver('a test wants it'));
  expect(bench.heard).toEqual(['opened', 'closed', 'suspended', 'lost']);
  expect(await world.wait(bench.owner.record())).toMatchObject({ kind: 'released' });
  expect(consumers(world)).toEqual(['open c2 main 0 1', 'delete main 0 1']);
  expect(await world.wait(bench.claim())).toBe(true);
});

it('gives up racing for a partition when it is released', async () => {
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
