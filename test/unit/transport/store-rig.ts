/** A simulated store with a pool, and short ways to use it in tests of the simulation itself. */
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import type { PublishOutcome } from '../../../runtime/core/publication.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { mailboxSubject } from '../../../runtime/core/subjects.ts';
import type { Feed } from '../../../runtime/transport/index.ts';
import {
  driveTo,
  FaultPlan,
  type FaultSettings,
  SimulatedBroker,
  SimulatedTransport,
} from '../../../runtime/transport/simulated/index.ts';
import { pool, Recorder } from '../../contract/workbench.ts';

export class StoreRig {
  readonly clock: ManualClock = new ManualClock();
  readonly faults: FaultPlan;
  readonly broker: SimulatedBroker;
  readonly transport: SimulatedTransport;

  private constructor(seed: number) {
    this.faults = new FaultPlan(seededRandom(seed));
    this.broker = new SimulatedBroker({ mesh: 'sim', clock: this.clock, faults: this.faults });
    this.transport = new SimulatedTransport(this.broker);
  }

  /** Makes the pool before anything goes wrong. */
  static async make(faults: Partial<FaultSettings> = {}, seed = 1): Promise<StoreRig> {
    const rig = new StoreRig(seed);
    await rig.wait(rig.transport.pools.ensure(pool));
    rig.faults.change(faults);
    return rig;
  }

  pending(): readonly string[] {
    return this.broker.pending();
  }

  wait<T>(promise: Promise<T>): Promise<T> {
    return driveTo(this, 'a promise', promise);
  }

  lane(from: string, partition = 0): string {
    const agent = { kind: 'agent', key: 'a' };
    const client = { kind: 'client', key: from };
    return mailboxSubject('sim', { pool: pool.pool, partition, to: agent, from: client, lane: 'i' });
  }

  publish(subject: string, messageId: string, by: SimulatedTransport = this.transport): Promise<PublishOutcome> {
    const payload = Buffer.from(messageId);
    return new Promise((settle) => by.publish({ pool: pool.pool, subject, messageId, payload }, settle));
  }

  /** Claims partition 0 and opens its feed. */
  async feed(by: SimulatedTransport = this.transport): Promise<{ feed: Feed; heard: Recorder }> {
    const heard = new Recorder();
    const owners = this.broker.bucket('owners');
    const epoch = owners.write(`${pool.pool}.0`, 'a node', owners.read(`${pool.pool}.0`)?.revision ?? 0);
    const feed = await this.wait(by.openFeed({ pool: pool.pool, partition: 0, epoch }, heard));
    feed.window(16);
    return { feed, heard };
  }

  /** What is stored and not acknowledged. */
  get stored(): readonly string[] {
    return this.broker
      .pool(pool.pool)
      .stored()
      .map(({ payload }) => Buffer.from(payload).toString('utf8'));
  }
}
