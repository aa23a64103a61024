import { expect, it } from 'vitest';
import { driveFor } from '../../../runtime/transport/simulated/index.ts';
import { pool } from '../../contract/workbench.ts';
import { SimulatedWorld } from './simulated-world.ts';

it('A lost publish is unknown, and not stored', async () => {
  const world = await SimulatedWorld.make({ losePublish: 1 });
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(world.clock.monotonic()).toBe(5_000);
  expect(world.stored).toEqual([]);
});

it('A publish with a lost answer is unknown, but stored; the repetition is a duplicate', async () => {
  const world = await SimulatedWorld.make({ losePublishAnswer: 1 });
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(world.stored).toEqual(['m']);
  world.faults.heal();
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toEqual({ kind: 'stored', seq: 1, duplicate: true });
});

it('A publish that arrives twice is stored once, and settles once', async () => {
  const world = await SimulatedWorld.make({ duplicatePublish: 1 });
  const outcomes: string[] = [];
  const publication = { pool: pool.pool, subject: world.lane('s'), messageId: 'm', payload: Buffer.from('m') };
  world.transport.publish(publication, ({ kind }) => outcomes.push(kind));
  await driveFor(world, 10_000);
  expect(outcomes).toEqual(['stored']);
  expect(world.broker.history.lines.filter((line) => line.includes(' stored '))).toHaveLength(2);
  expect(world.stored).toEqual(['m']);
});

it('The store accepts nothing while there is no leader', async () => {
  const world = await SimulatedWorld.make({ refusePublish: 1 });
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ kind: 'unavailable' });
  expect(world.stored).toEqual([]);
});

it('Publishes overtake each other, also within a lane: one in flight per lane keeps their order', async () => {
  const world = await SimulatedWorld.make({ latencyMinMs: 1, latencyMaxMs: 20 });
  const ids = ['m0', 'm1', 'm2', 'm3', 'm4'];
  await world.wait(Promise.all(ids.map((id) => world.publish(world.lane('s'), id))));
  expect(world.stored).not.toEqual(ids);
  expect([...world.stored].sort()).toEqual(ids);
  for (const id of ids) await world.wait(world.publish(world.lane('t'), `t-${id}`));
  expect(world.stored.slice(5)).toEqual(ids.map((id) => `t-${id}`));
});

it('A publish that travels longer than its sender waits is stored', async () => {
  const world = await SimulatedWorld.make({ slow: 1, slowMs: 3_600_000 });
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(world.stored).toEqual([]);
  await driveFor(world, 3_600_000);
  expect(world.stored).toEqual(['m']);
});

it('The store forgets a message id when its window has passed', async () => {
  const world = await SimulatedWorld.make();
  await world.wait(world.publish(world.lane('s'), 'm'));
  await driveFor(world, pool.dedupeWindowMs - 1);
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ seq: 1, duplicate: true });
  await driveFor(world, 1);
  expect(await world.wait(world.publish(world.lane('s'), 'm'))).toMatchObject({ seq: 2, duplicate: false });
});
