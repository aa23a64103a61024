/**
 * The contexts that agents are handed. Their parts may be taken out of them (`const { tell, log } = ctx`): each is made when it
 * is asked for, because most handlings use two of them.
 */
import type { AbortGroup } from '../core/abort-group.ts';
import { type ActProposal, proposeAct } from '../core/act-proposal.ts';
import { type ActPlace, ActSeries } from '../core/act-series.ts';
import type { ActResult, Cause } from '../core/acting.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { Clock } from '../core/clock.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { EscalationCall } from '../core/escalation.ts';
import type { Intent, IntentDraft } from '../core/intent.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import { checkAgainstSchemas, readThrough } from '../core/intent-schema.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { Ticket } from '../core/ticket.ts';
import { type Tracing, tracedPart } from '../core/tracing.ts';
import type { Lease } from '../mailbox/lease.ts';
import { SendOutcomeUnknownError } from '../mailbox/mailbox-errors.ts';
import { AlreadyRepliedError } from '../messaging/ask-errors.ts';
import { isAsked } from '../messaging/reply.ts';
import type { Activation } from './activation.ts';
import type {
  AgentContext,
  AgentTimers,
  Ask,
  AskOptions,
  BroadcastResult,
  FoundKind,
  ReasonLimits,
  SelfContext,
  StepContext,
  Tell,
  Thought,
  VoiceContext,
} from './context.ts';
import type { Failures } from './handling/failures.ts';
import type { OwnedContext } from './handling/handling.ts';
import { HandlingEndedError } from './handling-ended.ts';
import { reasonWithin } from './reasoning.ts';
import type { Doing, UnderWay } from './under-way.ts';

/** What all contexts of a node share. */
export interface ContextPorts {
  readonly tell: (
    from: string,
    parent: Intent | undefined,
    to: string | AgentRef,
    draft: IntentDraft,
  ) => Promise<Ticket>;
  readonly ask: (
    from: string,
    parent: Intent | undefined,
    to: string | AgentRef,
    draft: IntentDraft,
    options: AskOptions,
  ) => Promise<Json>;
  readonly reply: (from: string, intent: Intent, value: Json) => Promise<void>;
  readonly find: (accepts: string) => Promise<readonly FoundKind[]>;
  readonly broadcast: (from: string, parent: Intent | undefined, draft: IntentDraft) => Promise<BroadcastResult>;
  readonly escalate: (call: EscalationCall, intent: Intent | undefined) => Promise<void>;
  readonly act: (call: ActCall) => Promise<ActResult>;
  readonly keepCause: (agent: string, intent: Intent) => Promise<Cause>;
  readonly failures: Failures;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly aborts: AbortGroup;
  /** What has begun and not been disposed of. */
  readonly underWay: UnderWay;
}

/** An agent that wants something done. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  /** Frozen: what the agent does to its own objects from now on changes nothing. */
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while its agent's partition is this node's. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}

/** Speaks for an agent outside of any intent. */
export class Voice implements VoiceContext, Disposable {
  readonly self: string;
  protected readonly ports: ContextPorts;
  protected readonly parent: Intent | undefined;
  readonly #lease: Lease | undefined;
  #controller: AbortController | undefined;

  /** @param lease of the partition that it speaks for; without one nothing is asked before it speaks */
  constructor(ports: ContextPorts, self: string, parent: Intent | undefined, lease?: Lease) {
    this.ports = ports;
    this.self = self;
    this.parent = parent;
    this.#lease = lease;
  }

  get tell(): Tell {
    return (to: string | AgentRef, draft: unknown) =>
      this.mayBegin
        ? this.ports.tell(this.self, this.parent, to, draft as IntentDraft)
        : this.whenConfirmed(() => this.ports.tell(this.self, this.parent, to, draft as IntentDraft));
  }

  get ask(): Ask {
    return ((to: string | AgentRef, draft: IntentDraft, options: AskOptions = {}) => {
      const ask = () => this.ports.ask(this.self, this.parent, to, draft, options);
      return this.mayBegin ? ask() : this.whenConfirmed(ask);
    }) as Ask;
  }

  get now(): () => number {
    return () => this.ports.clock.now();
  }

  get log(): Logger {
    return this.ports.log;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#aborts.open();
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    if (this.#controller !== undefined) this.#aborts.close(this.#controller);
  }

  /** Not while its partition may be another's. */
  protected get mayBegin(): boolean {
    return this.#lease === undefined || this.#lease.isFresh;
  }

  /** @throws PartitionLostError */
  protected async whenConfirmed<T>(begin: () => Promise<T>): Promise<T> {
    await this.#lease?.whenFresh();
    return begin();
  }

  get #aborts(): AbortGroup {
    return this.#lease?.aborts ?? this.ports.aborts;
  }
}

/** An agent in one of its lives. */
export class Self extends Voice implements SelfContext, Doing {
  begunAt = 0;
  earlier: Doing | undefined;
  later: Doing | undefined;
  protected readonly life: Activation;

  constructor(ports: ContextPorts, life: Activation, parent?: Intent) {
    super(ports, life.id, parent, life.lease);
    this.life = life;
    ports.underWay.begin(this);
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.ports.underWay.end(this);
  }

  get state(): unknown {
    return this.life.state;
  }

  set state(value: unknown) {
    this.life.state = value;
  }

  get timers(): AgentTimers {
    const { timers, agent } = this.life;
    if (timers === undefined) {
      throw new InvalidOptionError('timers', 'functions by name in the definition, before any can be set', agent.kind);
    }
    return timers;
  }

  get step(): SelfContext['step'] {
    return async <T>(name: string, run: (step: StepContext) => T | Promise<T>): Promise<T> => {
      this.life.progress = name;
      try {
        return await tracedPart(this.ports.tracing.part(name, this.self), () => run({ signal: this.signal }));
      } catch (error) {
        this.ports.failures.passed(name, error);
        throw error;
      }
    };
  }

  get reason(): SelfContext['reason'] {
    return async <T>(
      limits: ReasonLimits,
      think: (thought: Thought) => T | undefined | Promise<T | undefined>,
    ): Promise<T | undefined> => {
      const { clock, tracing } = this.ports;
      const reason = () => reasonWithin(clock, this.signal, limits, think);
      const reasoned = await tracedPart(tracing.part(`plan ${this.life.agent.kind}`, this.self), reason);
      if (reasoned.kind === 'decided') return reasoned.decision;
      const { kind, iterations, limits: reached } = reasoned;
      const limit = kind === 'timeout' ? `${reached.timeoutMs} ms` : `${reached.maxIterations} iterations`;
      await this.#escalate('reasoning_limit', `no decision within ${limit}`, { limit: kind, iterations });
      return undefined;
    };
  }

  get find(): SelfContext['find'] {
    return ({ accepts }) => this.ports.find(accepts);
  }

  get broadcast(): SelfContext['broadcast'] {
    return (draft) => {
      const broadcast = () => this.ports.broadcast(this.self, this.parent, draft);
      return this.mayBegin ? broadcast() : this.whenConfirmed(broadcast);
    };
  }

  get escalate(): SelfContext['escalate'] {
    return (message: string, detail: JsonObject = {}) => this.#escalate('agent', message, detail);
  }

  #escalate(reason: EscalationCall['reason'], message: string, detail: JsonObject): Promise<void> {
    const escalate = () => this.ports.escalate({ agent: this.self, reason, message, detail }, this.parent);
    // `super`: also when its handling has ended, because a call for a human is never refused
    return super.mayBegin ? escalate() : super.whenConfirmed(escalate);
  }
}

/** An intent as the mailbox hands it out. */
export interface Handed {
  /** Counts from 1. */
  readonly attempts: number;
  readonly payload: Uint8Array;
}

/** An agent while it handles an intent, and not a moment longer. */
export class IntentContext extends Self implements AgentContext, OwnedContext {
  readonly attempt: number;
  readonly #intent: Intent;
  readonly #payload: Uint8Array;
  #replied = false;
  #ended = false;
  #acts: ActSeries | undefined;

  constructor(ports: ContextPorts, life: Activation, intent: Intent, { attempts, payload }: Handed) {
    super(ports, life, intent);
    this.#intent = intent;
    this.#payload = payload;
    this.attempt = attempts;
  }

  get replied(): boolean {
    return this.#replied;
  }

  get act(): AgentContext['act'] {
    return async (action, reasons) => {
      this.#checkInHand();
      const { tracing, act } = this.ports;
      const { self: agent, attempt, signal } = this;
      const intent = this.#received();
      const proposal = proposeAct(action, reasons);
      const { name, resource, cause } = proposal.action;
      this.#acts ??= new ActSeries();
      const place = this.#acts.next(cause?.intent_id ?? intent.intent_id, name, resource);
      const whenOwned = () => this.life.lease.whenFresh();
      const call = { agent, intent, attempt, proposal, place, signal, whenOwned };
      const begin = (): Promise<ActResult> => (this.mayBegin ? act(call) : this.whenConfirmed(() => act(call)));
      return tracedPart(tracing.part(`execute_tool ${name}`, agent), begin);
    };
  }

  get keepCause(): AgentContext['keepCause'] {
    return async () => {
      this.#checkInHand();
      return this.ports.keepCause(this.self, this.#received());
    };
  }

  get reply(): AgentContext['reply'] {
    return async (value: Json): Promise<void> => {
      this.#checkInHand();
      const { intent_type: type, intent_id: id } = this.#intent;
      if (this.#replied) throw new AlreadyRepliedError(this.self, id);
      const declared = this.life.agent.intents[type]?.reply;
      if (declared !== undefined) readThrough(declared, type, 'reply', value);
      if (!isAsked(this.#intent)) return;
      this.#replied = true;
      try {
        // JSON has nothing else for a reply without a value
        await this.#sendReply(value === undefined ? null : value);
      } catch (error) {
        // what may have been sent must not be followed by another
        this.#replied = error instanceof SendOutcomeUnknownError;
        throw error;
      }
    };
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    super[Symbol.dispose]();
  }

  protected override get mayBegin(): boolean {
    return !this.#ended && super.mayBegin;
  }

  /** @throws HandlingEndedError, PartitionLostError */
  protected override async whenConfirmed<T>(begin: () => Promise<T>): Promise<T> {
    this.#checkInHand();
    return super.whenConfirmed(begin);
  }

  /** What was begun in time goes on. @throws HandlingEndedError */
  #checkInHand(): void {
    if (this.#ended) throw new HandlingEndedError(this.self, this.#intent.intent_id);
  }

  /** The intent as it came: its handler may have changed the one that it was handed. */
  #received(): Intent {
    const { kind, intents } = this.life.agent;
    return checkAgainstSchemas(kind, intents, decodeIntent(this.#payload));
  }

  async #sendReply(value: Json): Promise<void> {
    const send = () => this.ports.reply(this.self, this.#intent, value);
    await (this.mayBegin ? send() : this.whenConfirmed(send));
  }
}
