/** Finds agents whose mailboxes are in a certain partition. */
import { partitionOf } from '../../runtime/core/partition.ts';
import { agentKind } from './routes.ts';

/** Returns the first `count` of `agent/<prefix>0`, `agent/<prefix>1`, … in the partition. */
export function agentsIn(partition: number, partitions: number, prefix: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let i = 0; found.length < count; i++) {
    const agent = `${agentKind}/${prefix}${i}`;
    if (partitionOf(agent, partitions) === partition) found.push(agent);
  }
  return found;
}
