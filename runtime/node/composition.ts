/** Puts a node together: what it receives with, what it sends with, what its agents live in. */
import { Supervisor } from '../../supervision/supervisor.ts';
import { Activations } from '../actor/activations.ts';
import { HookContext } from '../actor/contexts/activation-context.ts';
import { HandlerContext } from '../actor/contexts/handling-context.ts';
import type { ContextPorts } from '../actor/contexts/ports.ts';
import { DeadLetters } from '../actor/dead-letters.ts';
import { EventsInterceptor } from '../actor/handling/events.ts';
import { Failures } from '../actor/handling/failures.ts';
import { HandlingPipeline } from '../actor/handling/handling-pipeline.ts';
import { compose } from '../actor/handling/interceptor.ts';
import { RepliesInterceptor } from '../actor/handling/replies.ts';
import { ReplyIntake } from '../actor/handling/reply-intake.ts';
import { SupervisionInterceptor } from '../actor/handling/supervision.ts';
import { TracingInterceptor } from '../actor/handling/tracing.ts';
import { UnderWay } from '../actor/under-way.ts';
import { CongestionMonitor } from '../cluster/congestion-monitor.ts';
import { Directory } from '../cluster/directory.ts';
import { MeshSecret } from '../cluster/mesh-secret.ts';
import { Registry } from '../cluster/registry.ts';
import { AbortGroup } from '../core/abort-group.ts';
import { StoreClock } from '../core/store-clock.ts';
import { EgressGate } from '../mailbox/egress-gate.ts';
import { Inbox, type InboxEvents } from '../mailbox/inbox.ts';
import { LaneLoader } from '../mailbox/lane-loader.ts';
import { LaneSender } from '../mailbox/lane-sender.ts';
import type { LeaseOf } from '../mailbox/lease.ts';
import { IntentSender } from '../messaging/intent-sender.ts';
import { Messenger } from '../messaging/messenger.ts';
import { Acts } from '../policy/act.ts';
import { decisionLog } from '../policy/decision-log.ts';
import { actStore } from './act-store.ts';
import { Escalations } from './escalations.ts';
import type { CompiledNode } from './node-options.ts';

export interface CompositionHooks {
  /** This node's id. */
  readonly node: string;
  readonly newId: () => string;
  readonly mailboxes: Omit<InboxEvents, 'overloaded'>;
  readonly leaseOf: LeaseOf;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

export interface NodeParts {
  readonly directory: Directory;
  readonly secret: MeshSecret;
  readonly registry: Registry;
  readonly congestion: CongestionMonitor;
  readonly storeClock: StoreClock;
  readonly egress: EgressGate;
  readonly lanes: LaneSender;
  readonly loader: LaneLoader;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly activations: Activations;
  readonly messenger: Messenger;
  readonly aborts: AbortGroup;
  readonly underWay: UnderWay;
  readonly ports: ContextPorts;
  readonly escalations: Escalations;
}

/** A publish is repeated until its deadline; the server must remember it for longer. */
export const dedupeWindowMs = (sendDeadlineMs: number): number => 2 * sendDeadlineMs;

export function composeNode(setup: CompiledNode, hooks: CompositionHooks): NodeParts {
  const { transport, mesh, clock, random, log, limits, agents, tracing } = setup;
  const observer = setup.observers.events;
  const { newId } = hooks;
  transport.propagateHeaders(tracing.fields);
  const schemasOf = (kind: string) => agents.get(kind)?.intents;
  const registry = new Registry(transport.bucket('registry'), clock, log);
  const directory = new Directory(mesh, transport.bucket('meshConfig'), agents.keys());
  const storeClock = new StoreClock(clock);
  const congestion = new CongestionMonitor({
    mesh,
    node: hooks.node,
    transport,
    clock,
    log,
    // each stream may be led by another server, with another clock
    measured: (pool, { time }, askedAt, answeredAt) => {
      if (pool === setup.pool) storeClock.observe(askedAt, answeredAt, time);
    },
  });
  const egress = new EgressGate(clock, setup.egress);
  const lanes = new LaneSender(transport, clock, {
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
    locator: directory,
    congestion,
    egress,
    lanes,
    schemasOf,
    isKeyed: (kind) => agents.get(kind)?.keyed === true,
    deadlineMs,
  });
  const messenger = new Messenger({
    mesh,
    clock,
    pendingAsks: limits.pendingAsks,
    log,
    sender,
    kinds: registry,
    signals: transport.signals,
    tracing,
    newId,
    sent: observer.sent,
    schemasOf,
  });
  const escalations = new Escalations({
    log: transport.log('escalations'),
    clock,
    newId,
    logger: log,
    raised: observer.escalated,
  });
  const aborts = new AbortGroup();
  const underWay = new UnderWay(clock);
  const failures = new Failures();
  const store = actStore(transport.bucket('acts'));
  const acts = new Acts({
    ...setup.actions,
    log: decisionLog(transport.log('decisions')),
    store,
    diverged: ({ intent, ...call }) => escalations.escalate({ ...call, reason: 'act_diverged' }, intent),
    clock,
    otelTraceId: () => tracing.traceId(),
  });
  const ports: ContextPorts = {
    messaging: messenger,
    escalation: escalations,
    acting: acts,
    failures,
    tracing,
    clock,
    log,
    aborts,
    underWay,
  };
  const activations = new Activations({
    clock,
    log,
    supervision: new Supervisor(clock, random),
    contextFor: (life) => new HookContext(ports, life),
    events: {
      restarted: observer.restarted,
      strayError: observer.strayError,
      lanePaused: (id, sender, restarts) => {
        observer.lanePaused(id, sender);
        escalations.raiseSoon({
          agent: id,
          reason: 'lane_paused',
          message: `agent "${id}" failed again after ${restarts} restarts, each time over an intent of "${sender}": that lane is paused; "parley resume ${id}" lets it go on`,
          detail: { restarts, sender },
        });
      },
      paused: (id, restarts) => {
        observer.paused(id);
        escalations.raiseSoon({
          agent: id,
          reason: 'restart_limit',
          message: `agent "${id}" failed again after ${restarts} restarts: its mailbox is paused; "parley resume ${id}" lets it go on`,
          detail: { restarts },
        });
      },
    },
    maxActivations: limits.maxActivations,
  });
  const deadLetters = new DeadLetters({
    maxBytes: () => transport.log('dead').maxBytes,
    store: (key, messageId, payload) => transport.log('dead').append({ key, messageId, payload }),
    clock,
    random,
    log,
    signal: hooks.signal,
  });
  const receiver = new HandlingPipeline({
    agents,
    activations,
    contextFor: (activation, intent, queued) => new HandlerContext(ports, activation, intent, queued),
    interceptors: compose([
      new EventsInterceptor(observer, clock),
      new RepliesInterceptor((from, intent, fault) => messenger.refuse(from, intent, fault), log),
      new TracingInterceptor(tracing),
      new SupervisionInterceptor(activations),
    ]),
    replies: new ReplyIntake((reply) => messenger.answer(reply), log),
    deadLetters,
    failures,
    intake: (kind) => setup.intake.get(kind) ?? agents.get(kind)?.intake,
    retry: setup.retry,
    times: { clock, ageOf: (storedAt) => storeClock.ageOf(storedAt) },
    log,
    signal: hooks.signal,
  });
  const loader = new LaneLoader(transport, clock, random, log);
  const inbox = new Inbox({
    receiver,
    leaseOf: hooks.leaseOf,
    events: { ...hooks.mailboxes, overloaded: (pool, agent, closed) => congestion.announce(pool, agent, closed) },
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
  return {
    underWay,
    storeClock,
    directory,
    secret,
    registry,
    congestion,
    egress,
    lanes,
    loader,
    inbox,
    deadLetters,
    activations,
    messenger,
    aborts,
    ports,
    escalations,
  };
}
