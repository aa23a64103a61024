import { expect, it } from 'vitest';
import { PoolRig } from '../../support/pool-rig.ts';
import { filled, OwnerBench } from './owner-bench.ts';

it('A node claims a free partition, and receives its messages', async () => {
  const rig = await filled(new PoolRig(), 3);
  const bench = new OwnerBench(rig, 'n1');
  expect(await rig.wait(bench.claim())).toBe(true);
  await rig.pass(10);
  expect([bench.heard, bench.delivered]).toEqual([['opened'], [1, 2, 3]]);
});

it('A node claims with a higher epoch each time', async () => {
  const rig = await filled(new PoolRig(), 0);
  const epochs: number[] = [];
  for (const node of ['n1', 'n2', 'n3']) {
    const bench = new OwnerBench(rig, node);
    await rig.wait(bench.claim());
    epochs.push(bench.owner.epoch);
    await rig.wait(bench.owner.release());
  }
  expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
});

it('A node does not claim over a record that has changed since it was read', async () => {
  const rig = await filled(new PoolRig(), 0);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  const record = await rig.wait(second.owner.record());
  await rig.wait(first.claim());
  expect(await rig.wait(second.owner.claim(record))).toBe(false);
  expect([first.heard, second.heard, second.owner.lease]).toEqual([['opened'], [], undefined]);
});

it('A node loses a partition that another claims, and reports its old epoch and the new owner', async () => {
  const rig = await filled(new PoolRig(), 2);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  await rig.wait(first.claim());
  const lease = first.owner.lease;
  await rig.wait(second.claim());
  await rig.pass(5_000);
  expect([first.heard, second.heard]).toEqual([['opened', 'closed', 'suspended', 'lost'], ['opened']]);
  expect(second.delivered).toEqual([1, 2]);
  expect([first.owner.feed, first.owner.lease, lease?.lost]).toEqual([undefined, undefined, first.losses[0]]);
  expect(first.losses[0]).toMatchObject({ code: 'PARLEY_PARTITION_LOST', epoch: 1 });
  expect(first.losses[0]?.message).toContain('node "n2" owns it now');
});

it('A node learns of its loss from a refused confirmation, when its feed is silent', async () => {
  const rig = await filled(new PoolRig(), 0);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  bench.keepConfirming();
  await rig.pass(1_500);
  rig.broker.bucket('owners').write('main.0', JSON.stringify({ v: 1, node: 'n2', claimed_at: '' }), bench.owner.epoch);
  await rig.pass(1_500);
  expect(bench.heard).toEqual(['opened', 'closed', 'suspended', 'lost']);
});

it('A node may claim a lost partition again, with a new lease', async () => {
  const rig = await filled(new PoolRig(), 1);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  await rig.wait(first.claim());
  const before = first.owner.lease;
  await rig.wait(second.claim());
  await rig.pass(5_000);
  second.process.transport.kill();
  expect(await rig.wait(first.claim())).toBe(true);
  await rig.pass(10);
  expect(first.heard).toEqual(['opened', 'closed', 'suspended', 'lost', 'opened']);
  expect(first.delivered).toEqual([1, 1]);
  expect(first.owner.lease).not.toBe(before);
  expect([before?.lost?.code, first.owner.lease?.lost]).toEqual(['PARLEY_PARTITION_LOST', undefined]);
});

it('Exactly one of two racing nodes wins, however their messages overtake each other', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const rig = await filled(new PoolRig(seed), 1);
    rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 40, slow: 0.2, slowMs: 400 });
    const benches = ['n1', 'n2'].map((node) => new OwnerBench(rig, node));
    for (const bench of benches) bench.keepConfirming();
    await Promise.all(benches.map((bench) => rig.outcome(bench.claim())));
    await rig.pass(10_000);
    const owning = benches.filter(({ owner }) => owner.feed !== undefined);
    expect(owning, `seed ${seed}`).toHaveLength(1);
    const [loser] = benches.filter((bench) => !owning.includes(bench));
    expect(loser?.owner.lease, `seed ${seed}`).toBeUndefined();
  }
});

it('A node claims again with a new epoch when its feed breaks, and receives everything unacknowledged', async () => {
  const rig = await filled(new PoolRig(), 3);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  await rig.pass(10);
  const [epoch, lease] = [bench.owner.epoch, bench.owner.lease];
  bench.owner.feed?.ack(1);
  await rig.pass(10);
  bench.process.transport.disconnect(500);
  await rig.pass(2_000);
  expect([bench.heard, bench.delivered]).toEqual([
    ['opened', 'closed', 'opened'],
    [1, 2, 3, 2, 3],
  ]);
  expect(bench.owner.epoch).toBeGreaterThan(epoch);
  expect([bench.owner.lease === lease, lease?.epoch]).toEqual([true, bench.owner.epoch]);
});

it('A node claims again when an operator deletes its consumer', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  rig.broker.deleteConsumer({ pool: 'main', partition: 0, epoch: bench.owner.epoch });
  await rig.pass(3_000);
  expect(bench.heard).toEqual(['opened', 'closed', 'opened']);
});

it('A node claims again ever more slowly while its consumer is deleted again and again', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  for (let ms = 0; ms < 60_000; ms += 50) {
    const { epoch } = bench.owner;
    rig.broker.deleteConsumer({ pool: 'main', partition: 0, epoch });
    await rig.pass(50);
  }
  expect(bench.heard.filter((word) => word === 'opened').length).toBeLessThan(60);
  await rig.pass(10_000);
  expect(bench.owner.feed).toBeDefined();
});

it('A node claims again when the records are gone, because the state stream was recreated', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  bench.keepConfirming();
  rig.broker.bucket('owners').remove('main.0');
  await rig.pass(3_000);
  expect([bench.heard, bench.delivered]).toEqual([
    ['opened', 'closed', 'opened'],
    [1, 1],
  ]);
});

it.each([
  ['invalid JSON', 'rubbish'],
  ['a record of a release to come', '{"v":2,"node":"n9"}'],
  ['a record without a node', '{"v":1}'],
  ['a JSON text that is no object', '[1]'],
])('A node gives a partition up, and does not write over it, when its record becomes %s', async (_what, value) => {
  const rig = await filled(new PoolRig(), 0);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  bench.keepConfirming();
  rig.broker.bucket('owners').write('main.0', value, bench.owner.epoch);
  await rig.pass(10_000);
  expect(bench.heard).toEqual(['opened', 'closed', 'suspended', 'lost']);
  expect(bench.losses[0]?.message).toContain('cannot be read');
  expect(rig.broker.bucket('owners').read('main.0')?.value).toBe(value);
});

it('A node keeps claiming through an outage, and leaves no second feed behind', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const rig = await filled(new PoolRig(seed), 1);
    const bench = new OwnerBench(rig, 'n1');
    await rig.wait(bench.claim());
    rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 30, loseRequest: 0.3 });
    for (let outage = 1; outage <= 5; outage++) {
      bench.process.transport.disconnect(700 * outage);
      await rig.pass(1_000 * outage);
    }
    rig.faults.heal();
    await rig.pass(60_000);
    expect(bench.owner.feed, `seed ${seed}`).toBeDefined();
    expect(bench.heard.join(' '), `seed ${seed}`).toMatch(/^opened( closed opened)+$/);
  }
});

it('A node starts over when its feed breaks before it knows that the claim is its own', async () => {
  const rig = await filled(new PoolRig(), 1);
  const bench = new OwnerBench(rig, 'n1');
  const { transport } = bench.process;
  const confirm = transport.confirm.bind(transport);
  let confirmations = 0;
  transport.confirm = async (at) => {
    if (++confirmations === 1) {
      rig.broker.deleteConsumer({ pool: 'main', partition: 0, epoch: 1 });
      await new Promise<void>((resolve) => void rig.clock.after(3_000, resolve));
    }
    return confirm(at);
  };
  expect(await rig.wait(bench.claim())).toBe(false);
  expect(await rig.wait(bench.claim())).toBe(true);
  await rig.pass(10);
  expect([bench.owner.epoch, bench.heard, bench.delivered]).toEqual([2, ['opened'], [1]]);
});

it('A node pauses after 3 s without a confirmation, continues with one, and loses the partition after 12 s', async () => {
  const rig = await filled(new PoolRig(), 0);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  bench.keepConfirming();
  await rig.pass(2_500);
  rig.faults.change({ loseRequest: 1 });
  await rig.pass(2_000);
  expect([bench.heard, bench.owner.lease?.isFresh]).toEqual([['opened'], true]);
  await rig.pass(2_000);
  expect([bench.heard, bench.owner.lease?.isFresh]).toEqual([['opened', 'paused'], false]);
  rig.faults.heal();
  await rig.pass(3_000);
  expect([bench.heard, bench.owner.lease?.isFresh]).toEqual([['opened', 'paused', 'resumed'], true]);
  rig.faults.change({ loseRequest: 1 });
  await rig.pass(14_000);
  expect(bench.heard.slice(3)).toEqual(['paused', 'closed', 'suspended']);
  expect(bench.losses[0]?.message).toContain('no contact with the store for 12 s');
  rig.faults.heal();
  expect(await rig.wait(bench.claim())).toBe(true);
  expect(bench.heard.slice(6)).toEqual(['opened']);
});

it('A node learns that a suspended partition is lost when it claims over the record of another', async () => {
  const rig = await filled(new PoolRig(), 0);
  const [first, second] = [new OwnerBench(rig, 'n1'), new OwnerBench(rig, 'n2')];
  await rig.wait(first.claim());
  first.keepConfirming();
  first.process.transport.disconnect(20_000);
  await rig.pass(16_000);
  expect(first.heard).toEqual(['opened', 'closed', 'paused', 'suspended']);
  await rig.wait(second.claim());
  second.process.transport.kill();
  await rig.pass(5_000);
  expect(await rig.wait(first.claim())).toBe(true);
  expect(first.heard.slice(4)).toEqual(['lost', 'opened']);
});

it('A node confirms first, instead of giving up, when its main loop was stopped for more than 12 s', async () => {
  const rig = await filled(new PoolRig(), 0);
  const bench = new OwnerBench(rig, 'n1');
  await rig.wait(bench.claim());
  await rig.pass(20_000);
  bench.owner.tick(0);
  expect(bench.owner.lease?.isFresh).toBe(false);
  await rig.pass(100);
  expect([bench.heard, bench.owner.lease?.isFresh]).toEqual([['opened', 'paused', 'resumed'], true]);
});
