/** Composes a node from messaging, agents, mailboxes. */
import { Inbox, type InboxEvents } from '../mailbox/inbox.ts';
import { LaneLoader } from '../mailbox/lane-loader.ts';
import type { LeaseOf } from '../mailbox/lease.ts';
import { type AgentParts, composeAgents } from './compose-agents.ts';
import { composeMessaging, type MessagingParts } from './compose-messaging.ts';
import type { ReadyNode } from './open-services.ts';

export interface CompositionHooks {
  /** This node's id. */
  readonly node: string;
  readonly newId: () => string;
  readonly mailboxes: Omit<InboxEvents, 'overloaded'>;
  readonly leaseOf: LeaseOf;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

export interface NodeParts extends MessagingParts, AgentParts {
  readonly loader: LaneLoader;
  readonly inbox: Inbox;
}

export function composeNode(setup: ReadyNode, hooks: CompositionHooks): NodeParts {
  const { transport, clock, random, log, limits, tracing } = setup;
  const { node, newId, signal, leaseOf, mailboxes } = hooks;
  transport.propagateHeaders(tracing.fields);
  const messaging = composeMessaging(setup, node, newId);
  const agents = composeAgents(setup, messaging, newId, signal);
  const { congestion } = messaging;
  const { receiver } = agents;
  const loader = new LaneLoader(transport.pools, clock, random, log);
  const inbox = new Inbox({
    receiver,
    leaseOf,
    events: { ...mailboxes, overloaded: (pool, agent, closed) => congestion.announce(pool, agent, closed) },
    loader,
    clock,
    log,
    settings: {
      maxMemoryBytes: limits.maxMemoryBytes,
      maxPayloadBytes: limits.maxPayloadBytes,
      payloadsPerAgent: limits.payloadsPerAgent,
      overloadedAt: limits.laneCapacity * 4,
    },
  });
  return { ...messaging, ...agents, loader, inbox };
}
