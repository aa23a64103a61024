/** Gathers the facts that `health.ts` judges. */
import type { Standing } from '../cluster/standing.ts';
import type { StoreSilence } from '../cluster/store-contact.ts';
import type { NodeReport } from '../core/node-report.ts';
import { maxAckPending } from '../core/partition.ts';
import type { NodeParts } from './composition.ts';
import { type Health, healthOf } from './health.ts';
import type { NodeLags } from './node-counts.ts';
import type { ReadyNode } from './open-services.ts';
import type { PoolMember } from './pool-member.ts';

export function lagsOf({ underWay, storeClock }: NodeParts, { server }: PoolMember): NodeLags {
  return {
    handlingMs: underWay.oldest?.ms ?? 0,
    acksMs: server?.oldestUnconfirmedMs ?? 0,
    archiveMs: server?.archiveStalledMs ?? 0,
    skewMs: storeClock.skewMs,
  };
}

export function nodeHealth(setup: ReadyNode, parts: NodeParts, member: PoolMember, isStopping: boolean): Health {
  const { transport, pool, limits } = setup;
  const { congestion, inbox, underWay, supervisor, secret } = parts;
  const { joined, obstacle, server } = member;
  const lags = lagsOf(parts, member);
  const room = congestion.roomOf(pool);
  const { standing } = server ?? {};
  const owner = standing?.kind === 'standing_by' ? standing.owner : undefined;
  return healthOf(
    {
      joined,
      obstacle,
      stopping: isStopping,
      connected: transport.isConnected,
      store: transport.describe,
      problems: [
        ...transport.problems,
        ...member.strays,
        ...setup.opened.obstacles,
        ...(server?.obstacles ?? []),
        ...(secret.salt === undefined || secret.obstacle === undefined ? [] : [secret.obstacle]),
      ],
      unsendable: secret.salt === undefined ? secret.obstacle : undefined,
      served: server?.served ?? 0,
      partitions: server?.partitions ?? 0,
      deadOwner: owner !== undefined && server?.isDead(owner) === true ? owner : undefined,
      standbyFor: owner,
      paused: supervisor.counts.paused,
      pausedLanes: supervisor.pausedLanes,
      fill: room?.fill,
      full: (['agent', 'client'] as const).find((rank) => room?.isFull(rank) === true),
      silence: longest(congestion.silenceOf(pool), server?.silence),
      oldest: underWay.oldest,
      acksStalledMs: lags.acksMs,
      archiveStalledMs: lags.archiveMs,
      archiveObstacle: server?.archiveObstacle,
      pending: inbox.mostHeld(maxAckPending / 2) / maxAckPending,
      skewMs: lags.skewMs,
    },
    limits,
  );
}

/** Returns the state that `parley ps` shows. */
export function stateOf(standing: Standing | undefined, isStopping: boolean): NonNullable<NodeReport['state']> {
  if (isStopping) return 'draining';
  switch (standing?.kind) {
    case 'serving':
      return 'serving';
    case 'standing_by':
    case 'blocked':
      return 'standby';
    default:
      return 'starting';
  }
}

/** Takes the longer of two silences: a store with a full disk answers questions but accepts no writes. */
function longest(asked: StoreSilence | undefined, written: StoreSilence | undefined): StoreSilence | undefined {
  return (asked?.ms ?? -1) >= (written?.ms ?? -1) ? asked : written;
}
