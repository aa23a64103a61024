/** The settings of a pool as a node makes it by default, for a stream that is to be the same. */
import { compileNode, defaultPartitions, type NodeLimits } from '../../runtime/node/node-options.ts';
import type { PoolSettings, Transport } from '../../runtime/transport/index.ts';

/** Only its default limits are looked at: nothing is sent. */
export const nodeLimits: NodeLimits = compileNode(
  { agents: [] },
  { mesh: 'bench', transport: { mesh: 'bench' } as Transport },
).limits;

export function poolSettings(pool: string, partitions: number = defaultPartitions): PoolSettings {
  return {
    pool,
    partitions,
    laneCapacity: nodeLimits.laneCapacity,
    maxBytes: nodeLimits.storeBytes,
    replicas: nodeLimits.replicas,
    dedupeWindowMs: 2 * nodeLimits.sendDeadlineMs,
  };
}
