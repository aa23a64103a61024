import { expect, it } from 'vitest';
import { PoolWorld } from '../../support/pool-world.ts';
import { filled, OwnerBench } from './owner-bench.ts';

it('claims a partition that nobody has, and is delivered what it holds', async () => {
  const world = await filled(new PoolWorld(), 3);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.owner.claim());
  await world.pass(10);
  expect([bench.heard, bench.delivered]).toEqual([['opened'], [1, 2, 3]]);
});

it('claims with an epoch that is higher each time', async () => {
  const world = await filled(new PoolWorld(), 0);
  const epochs: number[] = [];
  for (const node of ['n1', 'n2', 'n3']) {
    const bench = new OwnerBench(world, node);
    await world.wait(bench.owner.claim());
    epochs.push(bench.owner.epoch);
    await world.wait(bench.owner.release());
  }
  expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
});

it('does not claim what a living node owns', async () => {
  const world = await filled(new PoolWorld(), 0);
  await world.wait(new OwnerBench(world, 'n1').owner.claim());
  const second = new OwnerBench(world, 'n2', true);
  expect(await world.outcome(second.owner.claim())).toBe('PARLEY_POOL_OCCUPIED');
  expect(second.heard).toEqual([]);
});

it('takes over from an owner that does not answer, which learns that it is lost', async () => {
  const world = await filled(new PoolWorld(), 2);
  const [first, second] = [new OwnerBench(world, 'n1'), new OwnerBench(world, 'n2')];
  await world.wait(first.owner.claim());
  await world.wait(second.owner.claim());
  await world.pass(5_000);
  expect([first.heard, second.heard]).toEqual([['opened', 'closed', 'lost'], ['opened']]);
  expect(second.delivered).toEqual([1, 2]);
  expect(first.owner.feed).toBeUndefined();
});

it('lets exactly one of two that race win, however their messages overtake each other', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const world = await filled(new PoolWorld(seed), 1);
    world.faults.change({ latencyMinMs: 1, latencyMaxMs: 40, slow: 0.2, slowMs: 400 });
    const benches = ['n1', 'n2'].map((node) => new OwnerBench(world, node, seed % 2 === 0));
    const outcomes = await Promise.all(benches.map((bench) => world.outcome(bench.owner.claim())));
    await world.pass(10_000);
    const owning = benches.filter(({ owner }) => owner.feed !== undefined);
    expect(owning, `seed ${seed}`).toHaveLength(1);
    const [loser] = benches.filter((bench) => !owning.includes(bench));
    const said = outcomes.includes('PARLEY_POOL_OCCUPIED') ? 'occupied' : loser?.heard.at(-1);
    expect(said, `seed ${seed}`).toBe(seed % 2 === 0 ? 'occupied' : 'lost');
  }
});

it('claims again with a new epoch when its feed breaks, and is delivered everything unacknowledged', async () => {
  const world = await filled(new PoolWorld(), 3);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.owner.claim());
  await world.pass(10);
  const before = bench.owner.epoch;
  bench.owner.feed?.ack(1);
  await world.pass(10);
  bench.process.transport.disconnect(500);
  await world.pass(2_000);
  expect([bench.heard, bench.delivered]).toEqual([
    ['opened', 'closed', 'opened'],
    [1, 2, 3, 2, 3],
  ]);
  expect(bench.owner.epoch).toBeGreaterThan(before);
});

it('claims again when an operator deletes its consumer', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  await world.wait(bench.owner.claim());
  world.broker.deleteConsumer({ pool: 'main', partition: 0, epoch: bench.owner.epoch });
  await world.pass(3_000);
  expect(bench.heard).toEqual(['opened', 'closed', 'opened']);
});

it('keeps claiming through an outage, and leaves no second feed behind', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const world = await filled(new PoolWorld(seed), 1);
    const bench = new OwnerBench(world, 'n1');
    await world.wait(bench.owner.claim());
    world.faults.change({ latencyMinMs: 1, latencyMaxMs: 30, loseRequest: 0.3 });
    for (let outage = 1; outage <= 5; outage++) {
      bench.process.transport.disconnect(700 * outage);
      await world.pass(1_000 * outage);
    }
    world.faults.heal();
    await world.pass(60_000);
    expect(bench.owner.feed, `seed ${seed}`).toBeDefined();
    expect(bench.heard.join(' '), `seed ${seed}`).toMatch(/^opened( closed opened)+$/);
  }
});

it('starts over when its feed breaks before it knows that the claim is its own', async () => {
  const world = await filled(new PoolWorld(), 1);
  const bench = new OwnerBench(world, 'n1');
  const { owners } = bench.process.transport;
  let reads = 0;
  const read = owners.read.bind(owners);
  owners.read = (key) => {
    if (++reads === 2) world.broker.deleteConsumer({ pool: 'main', partition: 0, epoch: 1 });
    return reads === 2 ? new Promise((resolve) => void world.clock.after(3_000, () => resolve(read(key)))) : read(key);
  };
  await world.wait(bench.owner.claim());
  await world.pass(10);
  expect([bench.owner.epoch, bench.heard, bench.delivered]).toEqual([2, ['opened'], [1]]);
});
