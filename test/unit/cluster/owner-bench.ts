/** A process that owns, or wants to own, partition 0 of pool `main`. */
import { type OwnerEvents, PartitionOwner } from '../../../runtime/cluster/partition-owner.ts';
import type { Feed } from '../../../runtime/transport/index.ts';
import { laneSubject } from '../../support/lanes.ts';
import { type PoolWorld, type Process, poolSettings } from '../../support/pool-world.ts';

export class OwnerBench implements OwnerEvents {
  readonly process: Process;
  readonly owner: PartitionOwner;
  /** `opened 3`, `closed`, `lost`, with the epoch. */
  readonly heard: string[] = [];
  readonly delivered: number[] = [];
  alive: (node: string) => Promise<boolean>;

  constructor(world: PoolWorld, node: string, alive = false) {
    this.process = world.process();
    this.alive = async () => alive;
    this.owner = new PartitionOwner(
      this.process.transport,
      this.process.clock,
      world.log,
      (other) => this.alive(other),
      { pool: 'main', partition: 0, node },
      this,
    );
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

  lost(): void {
    this.heard.push('lost');
  }
}

/** Makes the pool and stores `count` messages for its partition 0. */
export async function filled(world: PoolWorld, count: number): Promise<PoolWorld> {
  const { transport } = world.process();
  await world.wait(transport.ensurePool(poolSettings));
  const subject = laneSubject('client/c', 'agent/a');
  for (let n = 0; n < count; n++) {
    world.broker.publish({ pool: 'main', subject, messageId: `m${n}`, payload: new Uint8Array(1) });
  }
  return world;
}

export const consumers = (world: PoolWorld): readonly string[] =>
  world.broker.history.lines.flatMap((line) => (/ (open|delete) /.test(line) ? [line.replace(/^\S+ /, '')] : []));
