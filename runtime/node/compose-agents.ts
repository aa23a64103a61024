/** Composes the environment of a node's agents: contexts, activations, the handling of intents. */
import { OneForOneStrategy } from '../../supervision/one-for-one.ts';
import { Activations } from '../actor/activations.ts';
import { AgentSupervisor } from '../actor/agent-supervisor.ts';
import { HookContext } from '../actor/contexts/activation-context.ts';
import { HandlerContext } from '../actor/contexts/handling-context.ts';
import type { ContextPorts } from '../actor/contexts/ports.ts';
import { DeadLetters } from '../actor/dead-letters.ts';
import { EventsInterceptor } from '../actor/handling/events-interceptor.ts';
import { Failures } from '../actor/handling/failures.ts';
import { HandlingPipeline } from '../actor/handling/handling-pipeline.ts';
import { compose } from '../actor/handling/interceptor.ts';
import { RepliesInterceptor } from '../actor/handling/replies-interceptor.ts';
import { ReplyIntake } from '../actor/handling/reply-intake.ts';
import { SupervisionInterceptor } from '../actor/handling/supervision-interceptor.ts';
import { TracingInterceptor } from '../actor/handling/tracing-interceptor.ts';
import { checkedServices } from '../actor/needs.ts';
import { UnderWay } from '../actor/under-way.ts';
import { AbortGroup } from '../core/abort-group.ts';
import { InlineHost } from '../isolation/inline-host.ts';
import { Acts } from '../policy/act.ts';
import { decisionLog } from '../policy/decision-log.ts';
import { actStore } from './act-store.ts';
import type { MessagingParts } from './compose-messaging.ts';
import { Escalations } from './escalations.ts';
import { LoopWatch } from './loop-watch.ts';
import type { ReadyNode } from './open-services.ts';

/** The environment of a node's agents. */
export interface AgentParts {
  readonly escalations: Escalations;
  readonly aborts: AbortGroup;
  readonly underWay: UnderWay;
  readonly loopWatch: LoopWatch;
  readonly ports: ContextPorts;
  readonly supervisor: AgentSupervisor;
  readonly activations: Activations;
  readonly deadLetters: DeadLetters;
  readonly receiver: HandlingPipeline;
}

/** @param signal aborted when the node stops */
export function composeAgents(
  setup: ReadyNode,
  { messenger, storeClock }: MessagingParts,
  newId: () => string,
  signal: AbortSignal,
): AgentParts {
  const { transport, clock, random, log, limits, agents, tracing } = setup;
  const observer = setup.observers.events;
  const escalations = new Escalations({
    log: transport.log('escalations'),
    clock,
    newId,
    logger: log,
    raised: observer.escalated,
  });
  const aborts = new AbortGroup();
  const underWay = new UnderWay(clock);
  const loopWatch = new LoopWatch(clock, log, () => underWay.oldest);
  const failures = new Failures();
  const store = actStore(transport.bucket('acts'));
  const acts = new Acts({
    ...setup.actions,
    log: decisionLog(transport.log('decisions')),
    store,
    diverged: ({ intent, ...call }) => escalations.escalate({ ...call, reason: 'act_diverged' }, intent),
    clock,
    events: observer,
    otelTraceId: () => tracing.traceId(),
  });
  const ports: ContextPorts = {
    messaging: messenger,
    escalation: escalations,
    acting: acts,
    memory: setup.memory,
    services: checkedServices(setup.services),
    failures,
    tracing,
    clock,
    log,
    aborts,
    underWay,
  };
  const supervisor = new AgentSupervisor({
    clock,
    log,
    strategy: new OneForOneStrategy(clock, random),
    start: (child) => void activations.start(child),
    events: {
      restarted: observer.restarted,
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
  });
  const activations = new Activations({
    clock,
    log,
    supervisor,
    host: new InlineHost(clock),
    contextFor: (activation) => new HookContext(ports, activation),
    events: observer,
    maxActivations: limits.maxActivations,
  });
  const deadLetters = new DeadLetters({
    maxBytes: () => transport.log('dead').maxBytes,
    store: (key, messageId, payload) => transport.log('dead').append({ key, messageId, payload }),
    clock,
    random,
    log,
    signal,
  });
  const receiver = new HandlingPipeline({
    agents,
    activations,
    supervisor,
    contextFor: (activation, intent, queued) => new HandlerContext(ports, activation, intent, queued),
    interceptors: compose([
      new EventsInterceptor(observer, clock, loopWatch),
      new RepliesInterceptor((from, intent, fault) => messenger.refuse(from, intent, fault), log),
      new TracingInterceptor(tracing),
      new SupervisionInterceptor(activations, supervisor),
    ]),
    replies: new ReplyIntake((reply) => messenger.answer(reply), log),
    deadLetters,
    failures,
    intake: (kind) => setup.intake.get(kind) ?? agents.get(kind)?.intake,
    retry: setup.retry,
    times: { clock, ageOf: (storedAt) => storeClock.ageOf(storedAt) },
    log,
    signal,
  });
  return { escalations, aborts, underWay, loopWatch, ports, supervisor, activations, deadLetters, receiver };
}
