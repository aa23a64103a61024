/**
 * Handles dispatched intents: decodes, checks, enters the agent's activation, calls the handler inside the interceptors,
 * decides about a failure.
 *
 * picked up ──▶ entering its activation ──▶ handler ──done──▶ done
 *    ├ refused as invalid, expired, or its last attempt failed ──▶ dead letter ──▶ dead
 *    ├ failed ──▶ retry, after a pause that doubles
 *    └ the node stops, or loses the partition ──▶ left to the next owner
 */
import { isRetryable, legible, ParleyError } from '../../core/errors.ts';
import { checkKind, kindOf } from '../../core/ids.ts';
import type { Intent } from '../../core/intent.ts';
import { decodeIntent } from '../../core/intent-codec.ts';
import type { RetryRule } from '../../core/intent-schema.ts';
import type { Logger } from '../../core/logger.ts';
import type { IntentHandler, Verdict } from '../../mailbox/intent-handler.ts';
import type { Lane, QueuedIntent } from '../../mailbox/lane.ts';
import type { Lease } from '../../mailbox/lease.ts';
import type { BucketRule } from '../../mailbox/token-bucket.ts';
import type { Activation } from '../activation.ts';
import type { Activations } from '../activations.ts';
import type { AgentSupervisor } from '../agent-supervisor.ts';
import type { CompiledAgent } from '../compiled-agent.ts';
import type { DeadLetters } from '../dead-letters.ts';
import { isThenable, type StrayMoment } from '../stray-errors.ts';
import { type Attempt, causeOf, type Pickup } from './attempt.ts';
import { checkDelivered, type Times } from './decode-and-check.ts';
import { planFailure } from './failure-plan.ts';
import { type Failures, logFailure, type NotedFailure } from './failures.ts';
import { Handling, type OwnedContext } from './handling.ts';
import type { Interceptor } from './interceptor.ts';
import type { ReplyIntake } from './reply-intake.ts';

export interface HandlingParts {
  readonly agents: ReadonlyMap<string, CompiledAgent>;
  readonly activations: Activations;
  readonly supervisor: Pick<AgentSupervisor, 'isLanePaused'>;
  readonly contextFor: (activation: Activation, intent: Intent, queued: QueuedIntent) => OwnedContext;
  readonly interceptors: Required<Interceptor>;
  readonly replies: ReplyIntake;
  readonly deadLetters: DeadLetters;
  readonly failures: Failures;
  readonly intake: (kind: string) => BucketRule | undefined;
  readonly retry: RetryRule;
  readonly times: Times;
  readonly log: Logger;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

/**
 * How long intents wait when this node lacks the code of their kind, in the middle of a deploy; also intents of a paused lane.
 */
const holdMs = 5_000;
const done: Verdict = Object.freeze({ kind: 'done' });
const stopping: Verdict = Object.freeze({ kind: 'retry', afterMs: 100 });
const onHold: Verdict = Object.freeze({ kind: 'retry', afterMs: holdMs });
const deadIntent: Verdict = Object.freeze({ kind: 'dead', was: 'intent' });
const deadMessage: Verdict = Object.freeze({ kind: 'dead', was: 'message' });

export class HandlingPipeline implements IntentHandler {
  readonly #parts: HandlingParts;
  /** Kinds without code on this node, as far as their intents arrived. */
  readonly #unknownKinds = new Set<string>();
  readonly #strayed = (handling: Handling, error: unknown, moment: StrayMoment): void =>
    this.#parts.activations.strayed(handling.activation, error, moment, causeOf(handling.attempt));

  constructor(parts: HandlingParts) {
    this.#parts = parts;
  }

  handle(lane: Lane, queued: QueuedIntent, lease: Lease): Verdict | Promise<Verdict> {
    const { agents, supervisor, times } = this.#parts;
    const agent = agents.get(lane.at.to.kind);
    if (agent === undefined) return this.#withoutCode({ lane, queued, lease });
    if (supervisor.isLanePaused(lane.subject)) return onHold;
    let intent: Intent | undefined;
    try {
      intent = decodeIntent(queued.payload);
      intent = checkDelivered(agent, lane, queued.storedAt, intent, times);
    } catch (error) {
      return this.#refuse({ lane, queued, lease }, intent, error);
    }
    return this.#enter({ kind: 'intent', lane, queued, lease, agent, intent, attempt: queued.attempts });
  }

  reply(subject: string, payload: Uint8Array): void {
    this.#parts.replies.take(subject, payload);
  }

  /**
   * Returns the rule of the kind: the rest of the id comes from a subject that any client can write, and may not be a valid id.
   */
  intake(agent: string): BucketRule | undefined {
    const kind = kindOf(agent);
    return this.#parts.agents.has(kind) ? this.#parts.intake(kind) : undefined;
  }

  cost(): number {
    return 1;
  }

  #enter(attempt: Attempt): Verdict | Promise<Verdict> {
    const { agent, lane, lease } = attempt;
    try {
      const entered = this.#parts.activations.enter(lane.receiver, agent, lease);
      if (!(entered instanceof Promise)) return this.#call(attempt, entered);
      return entered.then(
        (activation) => this.#callLater(attempt, activation),
        (error) => this.#notActivated(attempt, error),
      );
    } catch (error) {
      return this.#notActivated(attempt, error);
    }
  }

  #notActivated(attempt: Attempt, thrown: unknown): Verdict | Promise<Verdict> {
    const error = legible(thrown);
    const { activations } = this.#parts;
    const { agent, lane, lease } = attempt;
    if (activations.stopped || lease.lost !== undefined) return stopping;
    const noted = this.#parts.failures.note(attempt.queued, error);
    activations.failedToBegin(lane.receiver, agent, lease, causeOf(attempt));
    return this.#follow(attempt, error, noted);
  }

  /** Calls the handler after a wait: its contact may be too old by now, or another node may own the partition. */
  async #callLater(attempt: Attempt, activation: Activation): Promise<Verdict> {
    const { lease } = attempt;
    // fails only for a lost lease, which the next line checks
    if (!lease.isFresh) await lease.whenFresh().catch(() => undefined);
    if (lease.lost === undefined) return this.#call(attempt, activation);
    this.#parts.activations.leave(activation);
    return stopping;
  }

  /** Hot path: allocates one object beside the context, and closures only for a handler that is asynchronous. */
  #call(attempt: Attempt, activation: Activation): Verdict | Promise<Verdict> {
    const { contextFor, interceptors } = this.#parts;
    const { intent, queued } = attempt;
    activation.progress = intent.intent_type;
    const context = contextFor(activation, intent, queued);
    const handling = new Handling(attempt, activation, context, this.#strayed);
    interceptors.begin(handling);
    try {
      const result = handling.call();
      if (!isThenable(result)) return this.#succeeded(handling);
      return handling.settle(
        result,
        () => this.#succeeded(handling),
        (error) => this.#failed(handling, error),
      );
    } catch (error) {
      return this.#failed(handling, error);
    }
  }

  #succeeded(handling: Handling): Verdict {
    const { context, attempt } = handling;
    const { lane, queued, lease, intent } = attempt;
    context[Symbol.dispose]();
    if (lease.lost !== undefined) return this.#abandoned(handling, lease.lost);
    if (lane.hasTickets) queued.ticketed = intent.intent_id;
    this.#parts.interceptors.succeeded(handling);
    return done;
  }

  #failed(handling: Handling, thrown: unknown): Verdict | Promise<Verdict> {
    const error = legible(thrown);
    const { context, attempt, activation } = handling;
    // ends what the handler left running: a stray error may fail it in its middle
    activation.host.abort(activation, 'the handling failed');
    context[Symbol.dispose]();
    if (attempt.lease.lost !== undefined) return this.#abandoned(handling, attempt.lease.lost);
    const noted = this.#parts.failures.note(attempt.queued, error);
    this.#parts.interceptors.failed(handling, error);
    return this.#follow(attempt, error, noted);
  }

  /** Ends a handling whose partition was lost: not the agent's fault. */
  #abandoned(handling: Handling, lost: Error): Verdict {
    this.#parts.interceptors.abandoned(handling, lost);
    return stopping;
  }

  #follow(attempt: Attempt, error: unknown, noted: NotedFailure): Verdict | Promise<Verdict> {
    const { signal, retry, activations, log } = this.#parts;
    const { agent, lane, queued, intent } = attempt;
    const plan = planFailure(error, queued.attempts, { ...retry, ...agent.retry.get(intent.intent_type) });
    const isStopping = signal.aborted || activations.stopped;
    const { receiver } = lane;
    logFailure(log, { agent: receiver, intent: intent.intent_id, attempt: queued.attempts }, noted, {
      isLast: plan.kind === 'dead_letter' && !isStopping,
    });
    if (isStopping) return stopping;
    switch (plan.kind) {
      case 'retry':
        return plan;
      case 'dead_letter':
        return this.#deadLetter(attempt, intent, error);
      default:
        return plan satisfies never;
    }
  }

  /** Dead-letters a message that is not a valid intent for this agent. */
  #refuse(pickup: Pickup, intent: Intent | undefined, thrown: unknown): Promise<Verdict> {
    const error = legible(thrown);
    this.#parts.failures.noteRefusal(pickup.queued, error);
    return this.#deadLetter(pickup, intent, error);
  }

  async #deadLetter(pickup: Pickup, intent: Intent | undefined, error: unknown): Promise<Verdict> {
    const { failures, deadLetters, interceptors } = this.#parts;
    const { lane, queued, lease } = pickup;
    const reason = error instanceof ParleyError ? error.code : 'failed';
    const [errors, stacks] = [failures.of(queued), failures.stacksOf(queued)];
    const isStored = await deadLetters.store(lane, queued, lease, {
      intentId: intent?.intent_id,
      reason,
      errors,
      stacks,
    });
    if (!isStored) return stopping;
    const message = errors.at(-1) ?? reason;
    interceptors.deadLettered(pickup, { intent, reason, message, retryable: isRetryable(error) });
    return intent === undefined ? deadMessage : deadIntent;
  }

  /** Holds an intent until a node has the code, unless no node ever can: a client can write every kind into a subject. */
  #withoutCode(pickup: Pickup): Verdict | Promise<Verdict> {
    const { kind } = pickup.lane.at.to;
    try {
      checkKind(kind);
    } catch (error) {
      return this.#refuse(pickup, undefined, error);
    }
    if (!this.#unknownKinds.has(kind)) {
      this.#unknownKinds.add(kind);
      this.#parts.log.warn({ kind }, 'this node has no code for a kind of its pool: its intents wait');
    }
    return onHold;
  }
}
