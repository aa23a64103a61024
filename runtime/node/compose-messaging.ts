/** Composes the parts with which a node sends. */
import { CongestionMonitor } from '../cluster/congestion-monitor.ts';
import { Directory } from '../cluster/directory.ts';
import { MeshSecret } from '../cluster/mesh-secret.ts';
import { Registry } from '../cluster/registry.ts';
import type { EntryAges } from '../core/expiry.ts';
import { StoreClock } from '../core/store-clock.ts';
import { EgressGate } from '../mailbox/egress-gate.ts';
import { LaneSender } from '../mailbox/lane-sender.ts';
import { IntentSender } from '../messaging/intent-sender.ts';
import { Messenger } from '../messaging/messenger.ts';
import type { CompiledNode } from './node-options.ts';

/** The parts with which a node sends. */
export interface MessagingParts {
  readonly directory: Directory;
  readonly secret: MeshSecret;
  readonly registry: Registry;
  readonly congestion: CongestionMonitor;
  readonly storeClock: StoreClock;
  readonly egress: EgressGate;
  readonly lanes: LaneSender;
  readonly messenger: Messenger;
}

/** A publish is repeated until its deadline; the server must remember its id for longer. */
export const dedupeWindowMs = (sendDeadlineMs: number): number => 2 * sendDeadlineMs;

/** @param node the node's id */
export function composeMessaging(setup: CompiledNode, node: string, newId: () => string): MessagingParts {
  const { transport, mesh, clock, random, log, limits, agents, tracing } = setup;
  const schemasOf = (kind: string) => agents.get(kind)?.intents;
  const storeClock = new StoreClock(clock);
  const congestion = new CongestionMonitor({
    mesh,
    node,
    transport,
    clock,
    log,
    // each stream may be led by another server, with another clock
    measured: (pool, { time }, askedAt, answeredAt) => {
      if (pool === setup.pool || agents.size === 0) storeClock.observe(askedAt, answeredAt, time);
    },
  });
  const ages: EntryAges = {
    ageOf: (storedAt) => storeClock.ageOf(storedAt),
    learn: async (pool) => {
      if (!storeClock.isKnown) await congestion.measure(agents.size === 0 ? pool : setup.pool);
    },
  };
  const registry = new Registry(transport.bucket('registry'), clock, log, ages);
  const expiry = { ages, expireAfterMs: limits.kindExpiryMs };
  const directory = new Directory(mesh, transport.bucket('meshConfig'), expiry, agents.keys());
  const egress = new EgressGate(clock, setup.egress);
  const obstacle = (): string | undefined =>
    transport.isConnected ? undefined : `there is no connection to ${transport.describe}`;
  const lanes = new LaneSender(transport, clock, {
    obstacle,
    window: limits.sendWindow,
    queuedPerLane: limits.queuedPerLane,
    queued: limits.queuedSends,
    dedupeWindowMs: dedupeWindowMs(limits.sendDeadlineMs),
    inFlightPerLane: 1,
  });
  const { sendDeadlineMs: deadlineMs } = limits;
  const secret = new MeshSecret(transport.bucket('secret'), clock, random);
  const sender = new IntentSender({
    mesh,
    secret,
    clock,
    directory,
    congestion,
    egress,
    lanes,
    schemasOf,
    isKeyed: (kind) => agents.get(kind)?.keyed === true,
    obstacle,
    deadlineMs,
  });
  const messenger = new Messenger({
    mesh,
    clock,
    pendingAsks: limits.pendingAsks,
    obstacle,
    log,
    sender,
    kinds: registry,
    signals: transport.signals,
    tracing,
    newId,
    sent: setup.observers.events.sent,
    schemasOf,
  });
  return { directory, secret, registry, congestion, storeClock, egress, lanes, messenger };
}
