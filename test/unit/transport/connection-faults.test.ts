import { expect, it } from 'vitest';
import { RevisionConflictError, TransportUnavailableError } from '../../../runtime/transport/index.ts';
import { driveFor, driveUntil, ProcessClock, SimulatedTransport } from '../../../runtime/transport/simulated/index.ts';
import { SimulatedWorld } from './simulated-world.ts';

it('A lost connection loses what is in flight, and reports it', async () => {
  const world = await SimulatedWorld.make({ latencyMinMs: 10, latencyMaxMs: 10 });
  const { feed, heard } = await world.feed();
  const statuses: string[] = [];
  world.transport.onStatus((status) => statuses.push(status));
  await world.wait(world.publish(world.lane('s'), 'm0'));
  await driveUntil(world, 'm0', () => heard.texts.length === 1);
  const lost = world.publish(world.lane('s'), 'm1');
  const refused = expect(feed.ackConfirmed(1)).rejects.toBeInstanceOf(TransportUnavailableError);
  world.transport.disconnect(500);
  expect(await world.wait(lost)).toEqual({ kind: 'unknown', reason: 'connection lost' });
  await refused;
  expect(heard.breaks).toEqual(['disconnected']);
  expect(await world.wait(world.publish(world.lane('s'), 'm2'))).toMatchObject({ kind: 'unavailable' });
  expect(statuses).toEqual(['disconnected']);
  await driveFor(world, 500);
  expect(statuses).toEqual(['disconnected', 'connected']);
  expect(world.stored).toEqual(['m0']);
  expect(await world.wait(world.publish(world.lane('s'), 'm1'))).toMatchObject({ kind: 'stored' });
});

it('A request is repeated through an outage, and fails when it lasts', async () => {
  const world = await SimulatedWorld.make();
  world.transport.disconnect(3_000);
  expect(await world.wait(world.transport.bucket('owners').write('main.0', 'x', 0))).toBe(1);
  world.transport.disconnect(60_000);
  await expect(world.wait(world.transport.bucket('owners').read('main.0'))).rejects.toBeInstanceOf(
    TransportUnavailableError,
  );
});

it('A writer recognises its own write when only the answer was lost', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const world = await SimulatedWorld.make({ loseRequest: 0.5 }, seed);
    const other = new SimulatedTransport(world.broker);
    const attempts = [world.transport, other].map((by, i) => by.bucket('owners').write('main.0', `node ${i}`, 0));
    const results = await world.wait(Promise.allSettled(attempts));
    const won = results.filter(({ status }) => status === 'fulfilled');
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const value = world.broker.bucket('owners').read('main.0')?.value;
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
    const world = await SimulatedWorld.make();
    const { heard } = await world.feed();
    world.faults.change({ loseDelivery: 1 });
    await world.wait(world.publish(world.lane('s'), 'm0'));
    world.faults.heal();
    if (following > 0) await world.wait(world.publish(world.lane('s'), 'm1'));
    await driveUntil(world, 'the break', () => heard.breaks.length > 0, 1_500);
    expect(heard.breaks).toEqual(['gap']);
    expect(heard.texts).toEqual([]);
    const next = await world.feed();
    await driveUntil(world, 'the rest', () => next.heard.texts.length > following);
    expect(next.heard.texts).toEqual(['m0', 'm1'].slice(0, following + 1));
  }
});

it('A confirmed acknowledgement whose answer is lost is rejected', async () => {
  const world = await SimulatedWorld.make();
  const { feed, heard } = await world.feed();
  await world.wait(world.publish(world.lane('s'), 'm0'));
  await driveUntil(world, 'm0', () => heard.texts.length === 1);
  world.faults.change({ loseAck: 1 });
  await expect(world.wait(feed.ackConfirmed(1))).rejects.toBeInstanceOf(TransportUnavailableError);
  world.faults.heal();
  await world.wait(feed.ackConfirmed(1));
  expect(world.stored).toEqual([]);
});

it('The simulation takes connections away by itself, and brings them back', async () => {
  const world = await SimulatedWorld.make({ disconnect: 0.2, latencyMinMs: 1, latencyMaxMs: 5 });
  const statuses: string[] = [];
  world.transport.onStatus((status) => statuses.push(status));
  for (let i = 0; i < 50; i++) {
    await world.wait(world.publish(world.lane(`s${i}`), `m${i}`));
    await driveFor(world, 200);
  }
  world.faults.heal();
  await driveFor(world, 5_000);
  expect(statuses.length).toBeGreaterThan(4);
  expect(statuses.filter((_, i) => i % 2 === 0)).toEqual(Array(statuses.length / 2).fill('disconnected'));
  expect(statuses.at(-1)).toBe('connected');
});

it('A killed process hears nothing, its timers stop, and its consumer is left to its successor', async () => {
  const world = await SimulatedWorld.make({ latencyMinMs: 5, latencyMaxMs: 5 });
  const clock = new ProcessClock(world.clock);
  const victim = new SimulatedTransport(world.broker, clock);
  const { feed, heard } = await world.feed(victim);
  await world.wait(world.publish(world.lane('s'), 'm0'));
  await driveUntil(world, 'm0', () => heard.texts.length === 1);
  const said: unknown[] = [];
  const say = (what: unknown): void => void said.push(what);
  void world.publish(world.lane('s'), 'm1', victim).then(say);
  feed.ackConfirmed(1).then(say, say);
  victim.bucket('owners').read('main.0').then(say, say);
  victim.signals.ask('sim.nobody', '', 100).then(say, say);
  victim.onStatus(say);
  clock.after(1_000, () => say('timer'));
  victim.kill();
  victim.kill();
  clock.after(1_000, () => say('late timer'));
  await driveFor(world, 60_000);
  expect([said, heard.breaks, world.clock.pending]).toEqual([[], [], 0]);
  const next = await world.feed();
  await driveUntil(world, 'm0 again', () => next.heard.texts.length === 1);
});
