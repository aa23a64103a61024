/** What an agent may do: at any time, on its own account, and while it handles an intent. */
import type { ActResult, Cause, ProposedAction, Rationale } from '../core/acting.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../core/typed-intents.ts';
import type { AskOptions, BroadcastResult, FoundKind, Sent } from '../messaging/speech.ts';

/** Sends an intent to another agent; waits for room in its mailbox. Resolves when the server has stored it. */
export interface Tell {
  /** @throws every refusal of `core/intent-errors.ts` and `mailbox/mailbox-errors.ts` */
  <const I extends IntentSchemas>(to: AgentRef<I>, draft: DraftOf<I>): Promise<Sent>;
  /** @param to `kind` or `kind/key` */
  (to: string, draft: IntentDraft): Promise<Sent>;
}

/** Sends an intent and waits for the reply. At most once: an asker that dies has not asked. */
export interface Ask {
  /** @throws AskTimeoutError, AskFailedError, CircularWaitError, and what `tell` throws */
  <const I extends IntentSchemas, T extends TypeOf<I>>(
    to: AgentRef<I>,
    draft: DraftOf<I, T>,
    options?: AskOptions,
  ): Promise<ReplyOf<I, T>>;
  (to: string, draft: IntentDraft, options?: AskOptions): Promise<Json>;
}

/** Whoever speaks for an agent, outside of any intent: a sensor, a poller. */
export interface SenderContext {
  /** `kind` or `kind/key`. */
  readonly self: string;
  readonly tell: Tell;
  readonly ask: Ask;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
  /** Aborted when the node stops: pass it to whatever may take long. */
  readonly signal: AbortSignal;
}

/** An agent in one of its lives. */
export interface ActivationContext<S = unknown> extends SenderContext {
  /** What `state` of the definition made, or was set here. Lost when the agent fails, is idle, or its node ends. */
  state: S;
  /** In memory: gone with this activation, and an agent with timers is not idle. */
  readonly timers: AgentTimers;
  /** A part of the work with a name: in traces, in logs, in what is said of an error. @returns what `run` returns */
  step<T>(name: string, run: (step: StepContext) => T | Promise<T>): Promise<T>;
  /**
   * The reasoning loop: calls `think` until it returns something. When a limit is reached first, calls a human
   * (`parley escalations list`), and says which limit.
   */
  reason<T>(
    limits: ReasonLimits,
    think: (thought: Thought) => T | undefined | Promise<T | undefined>,
  ): Promise<ReasonResult<T>>;
  /** Looks up which agents accept an intent type, in all apps of the mesh, as it was a second ago at most. */
  find(query: FindQuery): Promise<readonly FoundKind[]>;
  /**
   * Sends an intent to every registered agent that accepts its type, but not to itself: to those without keys, and to those of
   * keyed kinds that opted in (`broadcasts`).
   */
  broadcast(draft: IntentDraft): Promise<BroadcastResult>;
  /**
   * Calls a human: a durable record. Resolves when it is stored.
   * @param message 1 to 16,384 characters
   * @throws InvalidOptionError, NotJsonError
   */
  escalate(message: string, detail?: JsonObject): Promise<void>;
}

/**
 * An agent while it handles an intent. When that has ended, `act`, `keepCause`, `reply`, `tell`, `ask` and `broadcast` throw
 * HandlingEndedError.
 */
export interface HandlingContext<S = unknown, R = Json> extends ActivationContext<S> {
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Answers whoever asked; does nothing when nobody waits (the intent was told). Resolves when the reply is on its way.
   * @param value what an intent may hold; `undefined` arrives as `null`, and as `undefined` where the asker's schema says so
   * @throws SchemaViolationError, AlreadyRepliedError, InvalidIntentError
   */
  reply(value: R): Promise<void>;
  /**
   * Does something to the world, if policy allows it: the only way to. Both are copied and frozen at the call. The decision is
   * recorded, and so is why, before anything is done. Done again for the same intent (after a failure), it has the same key:
   * whoever executes applies it once. Another action in its place is not done, and a human is called.
   * @throws InvalidActError, NotJsonError, NoActuatorError, ForeignCauseError, ActDivergedError; ActNotRecordedError when it cannot
   * be recorded, which may pass; what the actuator throws
   */
  act(action: ProposedAction, because: Rationale): Promise<ActResult>;
  /**
   * Records the intent in hand, for a week, so that this agent may act for it (`action.cause`) while it handles another one, also
   * after a restart. Resolves when it is stored.
   * @throws ForeignCauseError when another intent of the same id is recorded for this agent
   */
  keepCause(): Promise<Cause>;
}

/** Each calls what the definition has under that name in `timers`; setting one again replaces it. */
export interface AgentTimers {
  /** Once. @param ms at most 24 days */
  after(name: string, ms: number): void;
  /** Again and again; the next call comes `ms` after the last one was done. */
  every(name: string, ms: number): void;
  /** Does nothing if it does not run. */
  cancel(name: string): void;
}

export interface StepContext {
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

export interface FindQuery {
  /** An intent type. */
  readonly accepts: string;
}

export interface ReasonLimits {
  /** Calls of `think`: 10 by default. */
  readonly maxIterations?: number;
  /** Milliseconds over all of them: 30 s by default. */
  readonly timeoutMs?: number;
}

/** What a reasoning loop came to. */
export type ReasonResult<T> =
  | { readonly kind: 'decided'; readonly decision: T }
  | {
      readonly kind: 'limit';
      readonly limit: 'iterations' | 'timeout';
      /** Calls of `think`. */
      readonly iterations: number;
      /** The limit in words: `10 iterations`. */
      readonly reached: string;
    };

export interface Thought {
  /** Counts from 1. */
  readonly iteration: number;
  /** Aborted when the time is over, or the node stops. */
  readonly signal: AbortSignal;
}
