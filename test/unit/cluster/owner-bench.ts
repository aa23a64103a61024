/** A process that owns, or wants to own, partition 0 of pool `main`. */
import type { PartitionLostError } from '../../../runtime/cluster/cluster-errors.ts';
import type { OwnerEvents } from '../../../runtime/cluster/owner-events.ts';
import { PartitionOwner } from '../../../runtime/cluster/partition-owner.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import type { Feed } from '../../../runtime/transport/index.ts';
import { laneSubject } from '../../support/lanes.ts';
import { type PoolRig, type Process, poolSettings } from '../../support/pool-rig.ts';

export class OwnerBench implements OwnerEvents {
  readonly process: Process;
  readonly owner: PartitionOwner;
  /** `opened`, `closed`, `paused`, `resumed`, `suspended`, `lost`. */
  readonly heard: string[] = [];
  readonly delivered: number[] = [];
  /** Why it was lost. */
  readonly losses: PartitionLostError[] = [];

  constructor(rig: PoolRig, node: string) {
    this.process = rig.process();
    const { transport, clock } = this.process;
    this.owner = new PartitionOwner(
      {
        ...{ transport, clock, node, log: rig.log, pool: 'main', partition: 0 },
        random: seededRandom(1),
        contacted: () => undefined,
      },
      this,
    );
  }

  /** Over whatever record there is. */
  async claim(): Promise<boolean> {
    return this.owner.claim(await this.owner.record());
  }

  /** Lets the owner confirm every second, as its pool does. */
  keepConfirming(awakeMs = 60_000): void {
    this.process.clock.after(1_000, () => {
      this.owner.tick(awakeMs);
      this.keepConfirming(awakeMs);
    });
  }

  deliver({ seq }: { readonly seq: number }): void {
    this.delivered.push(seq);
  }

  opened(feed: Feed): void {
    this.heard.push('opened');
    feed.window(16);
  }

  closed(): void {
    this.heard.push('closed');
  }

  paused(): void {
    this.heard.push('paused');
  }

  resumed(): void {
    this.heard.push('resumed');
  }

  suspended(why: PartitionLostError): void {
    this.heard.push('suspended');
    this.losses.push(why);
  }

  lost(): void {
    this.heard.push('lost');
  }
}

/** Makes the pool and stores `count` messages for its partition 0. */
export async function filled(rig: PoolRig, count: number): Promise<PoolRig> {
  const { transport } = rig.process();
  await rig.wait(transport.pools.ensure(poolSettings));
  const subject = laneSubject('client/c', 'agent/a');
  for (let n = 0; n < count; n++) {
    rig.broker.publish({ pool: 'main', subject, messageId: `m${n}`, payload: new Uint8Array(1) });
  }
  return rig;
}

export const consumers = (rig: PoolRig): readonly string[] =>
  rig.broker.history.lines.flatMap((line) => (/ (open|delete) /.test(line) ? [line.replace(/^\S+ /, '')] : []));
