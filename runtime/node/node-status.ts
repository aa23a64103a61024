/** The status of a node: its numbers, its health, the report for other processes. */
import type { Standing } from '../cluster/standing.ts';
import type { StoreSilence } from '../cluster/store-contact.ts';
import type { NodeReport } from '../core/node-report.ts';
import { maxAckPending } from '../core/partition.ts';
import type { NodeParts } from './composition.ts';
import { type Health, healthOf } from './health.ts';
import type { NodeCounts, NodeLags } from './node-counts.ts';
import type { ReadyNode } from './open-services.ts';
import type { PoolMember } from './pool-member.ts';

export interface NodeStatusParts {
  readonly setup: ReadyNode;
  readonly parts: NodeParts;
  readonly member: PoolMember;
  /** The node's id. */
  readonly node: string;
  readonly isStopping: () => boolean;
}

export class NodeStatus {
  readonly #of: NodeStatusParts;

  constructor(of: NodeStatusParts) {
    this.#of = of;
  }

  get counts(): NodeCounts {
    const { inbox, lanes, activations, supervisor, messenger, egress } = this.#of.parts;
    return {
      ...inbox.counts,
      ...activations.counts,
      ...supervisor.counts,
      sending: lanes.pending,
      unconfirmed: this.#of.member.server?.unconfirmed ?? 0,
      asking: messenger.asking,
      egressRefused: egress.refused,
    };
  }

  /** Every delivered intent is handled, and its acknowledgement confirmed. */
  get isHandled(): boolean {
    const { held, unconfirmed } = this.counts;
    return held === 0 && unconfirmed === 0;
  }

  /** Number of intents in memory for each kind of its app. */
  get depths(): ReadonlyMap<string, number> {
    const { setup, parts } = this.#of;
    const held = parts.inbox.heldByKind();
    return new Map([...setup.agents.keys()].map((kind) => [kind, held.get(kind) ?? 0]));
  }

  /** Age of the oldest intent in memory, milliseconds by the store's clock, for each kind that has one. */
  get ages(): ReadonlyMap<string, number> {
    const { inbox, storeClock } = this.#of.parts;
    return new Map([...inbox.oldestByKind()].map(([kind, storedAt]) => [kind, storeClock.ageOf(storedAt)]));
  }

  get lags(): NodeLags {
    const { parts, member } = this.#of;
    const { server } = member;
    return {
      handlingMs: parts.underWay.oldest?.ms ?? 0,
      acksMs: server?.oldestUnconfirmedMs ?? 0,
      archiveMs: server?.archiveStalledMs ?? 0,
      skewMs: parts.storeClock.skewMs,
    };
  }

  /** Gathers the facts that `health.ts` judges. */
  get health(): Health {
    const { setup, parts, member, isStopping } = this.#of;
    const { transport, pool, limits } = setup;
    const { congestion, inbox, underWay, supervisor, secret } = parts;
    const { joined, obstacle, server } = member;
    const { lags } = this;
    const room = congestion.roomOf(pool);
    const asked = congestion.silenceOf(pool);
    const { standing } = server ?? {};
    const owner = standing?.kind === 'standing_by' ? standing.owner : undefined;
    return healthOf(
      {
        joined,
        obstacle,
        stopping: isStopping(),
        connected: transport.isConnected,
        store: transport.describe,
        problems: [
          ...transport.problems,
          ...member.strays,
          ...setup.opened.obstacles,
          ...(setup.actions.policy?.obstacle === undefined ? [] : [`policy: ${setup.actions.policy.obstacle}`]),
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
        silence: longest(asked, server?.silence),
        unwrittenMs: limits.replicas === 1 && asked === undefined ? server?.silence?.ms : undefined,
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

  report(): NodeReport {
    const { parts, member, node, isStopping } = this.#of;
    const { activations, supervisor } = parts;
    // those that are down first: an answer may have no room for all
    const instances = [...supervisor.instances, ...activations.instances];
    return {
      v: 1,
      node,
      state: stateOf(member.server?.standing, isStopping()),
      partitions: member.server?.served ?? 0,
      counts: { ...this.counts },
      instances,
      instances_total: instances.length,
      paused_lanes: supervisor.pausedLanes,
    };
  }
}

/** Returns the state that `parley ps` shows. */
function stateOf(standing: Standing | undefined, isStopping: boolean): NonNullable<NodeReport['state']> {
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
