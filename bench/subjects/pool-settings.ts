/** The default settings of a node's pool, for a stream with the same settings. */
import { compileNode, defaultPartitions, type NodeLimits } from '../../runtime/node/node-options.ts';
import type { PoolSettings, Transport } from '../../runtime/transport/index.ts';

/** Used only for its default limits: it sends nothing. */
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
