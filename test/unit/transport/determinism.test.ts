import { expect, it } from 'vitest';
import type { Feed } from '../../../runtime/transport/index.ts';
import { driveFor, driveUntil, type FaultSettings } from '../../../runtime/transport/simulated/index.ts';
import { pool, Recorder } from '../../contract/workbench.ts';
import { StoreRig } from './store-rig.ts';

const everything: Partial<FaultSettings> = {
  latencyMinMs: 0.2,
  latencyMaxMs: 30,
  slow: 0.02,
  losePublish: 0.03,
  losePublishAnswer: 0.03,
  duplicatePublish: 0.03,
  refusePublish: 0.03,
  loseDelivery: 0.01,
  loseAck: 0.05,
  loseRequest: 0.1,
  disconnect: 0.005,
};

const messages = 120;
const lanes = 6;

/** Publishes until all is stored, receives and acknowledges until all is received, whatever goes wrong. */
async function run(seed: number): Promise<{ rig: StoreRig; received: readonly string[]; most: number }> {
  const rig = await StoreRig.make(everything, seed);
  const received: string[] = [];
  let most = 0;

  const send = async (lane: number): Promise<void> => {
    for (let i = lane; i < messages; i += lanes) {
      while ((await rig.publish(rig.lane(`s${lane}`), `m${i}`)).kind !== 'stored') await pause(50);
      most = Math.max(most, rig.stored.filter((id) => Number(id.slice(1)) % lanes === lane).length);
    }
  };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => rig.clock.after(ms, resolve));
  const receive = async (): Promise<void> => {
    const heard = new Recorder();
    let feed: Feed | undefined;
    heard.deliver = ({ seq, payload }) => {
      received.push(Buffer.from(payload).toString('utf8'));
      void feed?.ackConfirmed(seq).catch(() => undefined);
    };
    heard.broken = () => void receive();
    const owners = rig.broker.bucket('owners');
    const epoch = owners.write('main.0', 'a node', owners.read('main.0')?.revision ?? 0);
    const place = { pool: pool.pool, partition: 0, epoch };
    feed = await rig.transport.openFeed(place, heard).catch(() => undefined);
    if (feed === undefined) return receive();
    feed.window(8);
  };

  void receive();
  const sent = Promise.all(Array.from({ length: lanes }, (_, lane) => send(lane)));
  let done = false;
  void sent.then(() => {
    done = true;
  });
  await driveUntil(rig, 'all to be stored', () => done, 600_000);
  rig.faults.heal();
  await driveFor(rig, 20_000);
  rig.transport.disconnect(10);
  await driveUntil(rig, 'all to be acknowledged', () => rig.stored.length === 0, 60_000);
  return { rig, received, most };
}

it('The simulation gives the same history for the same seed, and another for another', async () => {
  const [one, again, other] = [await run(7), await run(7), await run(8)];
  expect(again.rig.broker.history.lines).toEqual(one.rig.broker.history.lines);
  expect(again.rig.broker.history.hash()).toBe(one.rig.broker.history.hash());
  expect(other.rig.broker.history.hash()).not.toBe(one.rig.broker.history.hash());
});

it('The simulation keeps what it stored through every fault, delivers lanes in order, and never overfills one', async () => {
  for (let seed = 100; seed < 110; seed++) {
    const { received, most } = await run(seed);
    expect(new Set(received).size).toBe(messages);
    expect(most).toBeLessThanOrEqual(pool.laneCapacity);
    for (let lane = 0; lane < lanes; lane++) {
      const numbers = received.map((id) => Number(id.slice(1))).filter((number) => number % lanes === lane);
      const firsts = [...new Set(numbers)];
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
    }
  }
});
