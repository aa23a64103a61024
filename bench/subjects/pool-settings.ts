/** The default settings of a node's pool, for a stream with the same settings. */
import { compileOptions } from '../../runtime/core/options.ts';
import { defaultPartitions, limitRules, type NodeLimits } from '../../runtime/node/node-limits.ts';
import type { PoolSettings } from '../../runtime/transport/index.ts';

export const nodeLimits: NodeLimits = compileOptions('limits', limitRules, {});

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
