/** Tells whether another node owned the partition of a mailbox between two handlings. */
import { partitionOf } from '../../../core/partition.ts';
import type { OwnerEvent } from '../history-event.ts';
import { grouped } from './grouped.ts';
import type { Handling, RunRecord } from './run-record.ts';

/** Compares two handlings by the same process. */
export type MovedAway = (before: Handling, again: Handling) => boolean;

/** The observer reads ownership twice a second; this covers two reads. */
const lookMs = 1_000;

export function ownershipOf({ events, end }: RunRecord): MovedAway {
  const owners = grouped(
    events.filter((event): event is OwnerEvent => event.event === 'owner'),
    ({ partition }) => partition,
  );
  const nodes = new Map<string, string>();
  for (const event of events) {
    if (event.event === 'process' && event.node !== undefined) nodes.set(event.process, event.node);
  }
  return (before, again) => {
    const receiver = before.began.lane.slice(before.began.lane.indexOf('>') + 1);
    const own = nodes.get(before.process);
    return (owners.get(partitionOf(receiver, end.partitions)) ?? []).some(
      ({ t, owner }) => owner !== own && t >= before.began.t - lookMs && t <= again.began.t + lookMs,
    );
  };
}
