import { expect, it } from 'vitest';
import { RevisionConflictError, TransportUnavailableError } from '../../../runtime/transport/index.ts';
import { driveFor, driveUntil, ProcessClock, SimulatedTransport } from '../../../runtime/transport/simulated/index.ts';
import { StoreRig } from './store-rig.ts';

it('A lost connection loses what is in flight, and reports it', async () => {
  const rig = await StoreRig.make({ latencyMinMs: 10, latencyMaxMs: 10 });
  const { feed, heard } = await rig.feed();
  const statuses: string[] = [];
  rig.transport.onStatus((status) => statuses.push(status));
  await rig.wait(rig.publish(rig.lane('s'), 'm0'));
  await driveUntil(rig, 'm0', () => heard.texts.length === 1);
  const lost = rig.publish(rig.lane('s'), 'm1');
  const refused = expect(feed.ackConfirmed(1)).rejects.toBeInstanceOf(TransportUnavailableError);
  rig.transport.disconnect(500);
  expect(await rig.wait(lost)).toEqual({ kind: 'unknown', reason: 'connection lost' });
  await refused;
  expect(heard.breaks).toEqual(['disconnected']);
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm2'))).toMatchObject({ kind: 'unavailable' });
  expect(statuses).toEqual(['disconnected']);
  await driveFor(rig, 500);
  expect(statuses).toEqual(['disconnected', 'connected']);
  expect(rig.stored).toEqual(['m0']);
  expect(await rig.wait(rig.publish(rig.lane('s'), 'm1'))).toMatchObject({ kind: 'stored' });
});

it('A request is repeated through an outage, and fails when it lasts', async () => {
  const rig = await StoreRig.make();
  rig.transport.disconnect(3_000);
  expect(await rig.wait(rig.transport.bucket('owners').write('main.0', 'x', 0))).toBe(1);
  rig.transport.disconnect(60_000);
  await expect(rig.wait(rig.transport.bucket('owners').read('main.0'))).rejects.toBeInstanceOf(
    TransportUnavailableError,
  );
});

it('A writer recognises its own write when only the answer was lost', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const rig = await StoreRig.make({ loseRequest: 0.5 }, seed);
    const other = new SimulatedTransport(rig.broker);
    const attempts = [rig.transport, other].map((by, i) => by.bucket('owners').write('main.0', `node ${i}`, 0));
    const results = await rig.wait(Promise.allSettled(attempts));
    const won = results.filter(({ status }) => status === 'fulfilled');
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const value = rig.broker.bucket('owners').read('main.0')?.value;
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    if (winner !== -1) expect(value).toBe(`node ${winner}`);
    for (const failure of failures) {
      expect([RevisionConflictError, TransportUnavailableError]).toContain(failure.constructor);
    }
  }
});

it('A feed breaks with a gap when a delivery is lost, whether or not another follows', async () => {
  for (const following of [0, 1]) {
    const rig = await StoreRig.make();
    const { heard } = await rig.feed();
    rig.faults.change({ loseDelivery: 1 });
    await rig.wait(rig.publish(rig.lane('s'), 'm0'));
    rig.faults.heal();
    if (following > 0) await rig.wait(rig.publish(rig.lane('s'), 'm1'));
    await driveUntil(rig, 'the break', () => heard.breaks.length > 0, 1_500);
    expect(heard.breaks).toEqual(['gap']);
    expect(heard.texts).toEqual([]);
    const next = await rig.feed();
    await driveUntil(rig, 'the rest', () => next.heard.texts.length > following);
    expect(next.heard.texts).toEqual(['m0', 'm1'].slice(0, following + 1));
  }
});

it('A confirmed acknowledgement whose answer is lost is rejected', async () => {
  const rig = await StoreRig.make();
  const { feed, heard } = await rig.feed();
  await rig.wait(rig.publish(rig.lane('s'), 'm0'));
  await driveUntil(rig, 'm0', () => heard.texts.length === 1);
  rig.faults.change({ loseAck: 1 });
  await expect(rig.wait(feed.ackConfirmed(1))).rejects.toBeInstanceOf(TransportUnavailableError);
  rig.faults.heal();
  await rig.wait(feed.ackConfirmed(1));
  expect(rig.stored).toEqual([]);
});

it('The simulation takes connections away by itself, and brings them back', async () => {
  const rig = await StoreRig.make({ disconnect: 0.2, latencyMinMs: 1, latencyMaxMs: 5 });
  const statuses: string[] = [];
  rig.transport.onStatus((status) => statuses.push(status));
  for (let i = 0; i < 50; i++) {
    await rig.wait(rig.publish(rig.lane(`s${i}`), `m${i}`));
    await driveFor(rig, 200);
  }
  rig.faults.heal();
  await driveFor(rig, 5_000);
  expect(statuses.length).toBeGreaterThan(4);
  expect(statuses.filter((_, i) => i % 2 === 0)).toEqual(Array(statuses.length / 2).fill('disconnected'));
  expect(statuses.at(-1)).toBe('connected');
});

it('A killed process hears nothing, its timers stop, and its consumer is left to its successor', async () => {
  const rig = await StoreRig.make({ latencyMinMs: 5, latencyMaxMs: 5 });
  const clock = new ProcessClock(rig.clock);
  const victim = new SimulatedTransport(rig.broker, clock);
  const { feed, heard } = await rig.feed(victim);
  await rig.wait(rig.publish(rig.lane('s'), 'm0'));
  await driveUntil(rig, 'm0', () => heard.texts.length === 1);
  const said: unknown[] = [];
  const say = (what: unknown): void => void said.push(what);
  void rig.publish(rig.lane('s'), 'm1', victim).then(say);
  feed.ackConfirmed(1).then(say, say);
  victim.bucket('owners').read('main.0').then(say, say);
  victim.signals.ask('sim.nobody', '', 100).then(say, say);
  victim.onStatus(say);
  clock.after(1_000, () => say('timer'));
  victim.kill();
  victim.kill();
  clock.after(1_000, () => say('late timer'));
  await driveFor(rig, 60_000);
  expect([said, heard.breaks, rig.clock.pending]).toEqual([[], [], 0]);
  const next = await rig.feed();
  await driveUntil(rig, 'm0 again', () => next.heard.texts.length === 1);
});
