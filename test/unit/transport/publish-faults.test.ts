import { expect, it } from 'vitest';
import { driveFor } from '../../../runtime/transport/simulated/index.ts';
import { pool } from '../../contract/workbench.ts';
import { StoreRig } from './store-rig.ts';

it('A lost publish is unknown, and not stored', async () => {
  const rig = await StoreRig.make({ losePublish: 1 });
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(rig.clock.monotonic()).toBe(5_000);
  expect(rig.stored).toEqual([]);
});

it('A publish with a lost answer is unknown, but stored; the repetition is a duplicate', async () => {
  const rig = await StoreRig.make({ losePublishAnswer: 1 });
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(rig.stored).toEqual(['m']);
  rig.faults.heal();
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toEqual({ kind: 'stored', seq: 1, duplicate: true });
});

it('A publish that arrives twice is stored once, and settles once', async () => {
  const rig = await StoreRig.make({ duplicatePublish: 1 });
  const outcomes: string[] = [];
  const publication = { pool: pool.pool, subject: rig.lane('s'), messageId: 'm', payload: Buffer.from('m') };
  rig.transport.publish(publication, ({ kind }) => outcomes.push(kind));
  await driveFor(rig, 10_000);
  expect(outcomes).toEqual(['stored']);
  expect(rig.broker.history.lines.filter((line) => line.includes(' stored '))).toHaveLength(2);
  expect(rig.stored).toEqual(['m']);
});

it('The store accepts nothing while there is no leader', async () => {
  const rig = await StoreRig.make({ refusePublish: 1 });
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ kind: 'unavailable' });
  expect(rig.stored).toEqual([]);
});

it('Publishes overtake each other, also within a lane: one in flight per lane keeps their order', async () => {
  const rig = await StoreRig.make({ latencyMinMs: 1, latencyMaxMs: 20 });
  const ids = ['m0', 'm1', 'm2', 'm3', 'm4'];
  await rig.wait(Promise.all(ids.map((id) => rig.publish(rig.lane('s'), id))));
  expect(rig.stored).not.toEqual(ids);
  expect([...rig.stored].sort()).toEqual(ids);
  for (const id of ids) await rig.wait(rig.publish(rig.lane('t'), `t-${id}`));
  expect(rig.stored.slice(5)).toEqual(ids.map((id) => `t-${id}`));
});

it('A publish that travels longer than its sender waits is stored', async () => {
  const rig = await StoreRig.make({ slow: 1, slowMs: 3_600_000 });
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ kind: 'unknown' });
  expect(rig.stored).toEqual([]);
  await driveFor(rig, 3_600_000);
  expect(rig.stored).toEqual(['m']);
});

it('The store forgets a message id when its window has passed', async () => {
  const rig = await StoreRig.make();
  await rig.wait(rig.publish(rig.lane('s'), 'm'));
  await driveFor(rig, pool.dedupeWindowMs - 1);
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ seq: 1, duplicate: true });
  await driveFor(rig, 1);
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm'))).toMatchObject({ seq: 2, duplicate: false });
});
