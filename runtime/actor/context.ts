/** The capabilities of an agent: as a sender, in an activation, while it handles an intent. */
import type { ActResult, Cause, ProposedAction, Rationale } from '../core/acting.ts';
import type { AgentRef } from '../core/agent-ref.ts';
import type { IntentDraft } from '../core/intent.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { DraftOf, ReplyOf, TypeOf } from '../core/typed-intents.ts';
import type { EpisodicMemory } from '../memory/episodic-memory.ts';
import type { SemanticMemory } from '../memory/semantic-memory.ts';
import type { SharedMemory } from '../memory/shared-memory.ts';
import type { AskOptions, BroadcastResult, FoundKind, Sent } from '../messaging/speech.ts';

/** Sends an intent to another agent; waits for room in its mailbox. Resolves when the server has stored it. */
export interface Tell {
  /** @throws every refusal of `core/intent-errors.ts` and `mailbox/mailbox-errors.ts` */
  <const I extends IntentSchemas>(to: AgentRef<I>, draft: DraftOf<I>): Promise<Sent>;
  /** @param to `kind` or `kind/key` */
  (to: string, draft: IntentDraft): Promise<Sent>;
}

/** Sends an intent and waits for the reply. At most once: when the asker dies, its question is gone. */
export interface Ask {
  /** @throws AskTimeoutError, AskFailedError, CircularWaitError, and what `tell` throws */
  <const I extends IntentSchemas, T extends TypeOf<I>>(
    to: AgentRef<I>,
    draft: DraftOf<I, T>,
    options?: AskOptions,
  ): Promise<ReplyOf<I, T>>;
  (to: string, draft: IntentDraft, options?: AskOptions): Promise<Json>;
}

/** Sends in an agent's name, outside of any intent: for a sensor or a poller. */
export interface SenderContext {
  /** `kind` or `kind/key`. */
  readonly self: string;
  readonly tell: Tell;
  readonly ask: Ask;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Logger;
  /**
   * Aborted when the node stops or loses the agent's partition, and when the handling, timer or hook fails: pass it to every
   * call that may take long.
   */
  readonly signal: AbortSignal;
}

/** An agent in one of its activations. @typeParam V what `needs` of its definition declares */
export interface ActivationContext<S = unknown, V extends object = object> extends SenderContext {
  /** The state made by the definition's `state`, or assigned here. Lost when the agent fails, is idle, or its node ends. */
  state: S;
  /** In memory: lost with this activation. An agent with running timers is not idle. */
  readonly timers: AgentTimers;
  /**
   * What the agent has under way, for its next life too, on any node: by key, under its own id, for a while. In the mesh's
   * own store, or where the app keeps it (`memory: { working }`).
   */
  readonly working: AgentMemory;
  /** The memories that the app opened. @throws NoMemoryError for one that it has not */
  readonly memory: AgentMemories;
  /** The app's own services, opened by `services` of `defineApp`. @throws UnknownServiceError for a name that it has not */
  readonly services: V;
  /** A part of the work with a name: in traces, in logs, in what is said of an error. @returns what `run` returns */
  step<T>(name: string, run: (step: StepContext) => T | Promise<T>): Promise<T>;
  /**
   * The reasoning loop: calls `think` until it returns a decision. When a limit is reached first, it raises an escalation
   * (`parley escalations list`) and returns that limit.
   */
  reason<T>(
    limits: ReasonLimits,
    think: (thought: Thought) => T | undefined | Promise<T | undefined>,
  ): Promise<ReasonResult<T>>;
  /** Finds the agents that accept an intent type, in all apps of the mesh; the result is at most a second old. */
  find(query: FindQuery): Promise<readonly FoundKind[]>;
  /**
   * Sends an intent to every other registered agent that accepts its type: to agents without keys, and to agents of keyed kinds
   * that opted in (`broadcasts`).
   */
  broadcast(draft: IntentDraft): Promise<BroadcastResult>;
  /**
   * Raises an escalation: a durable call for a human. Resolves when it is stored.
   * @param message 1 to 16,384 characters
   * @throws InvalidOptionError, NotJsonError
   */
  escalate(message: string, detail?: JsonObject): Promise<void>;
}

/**
 * An agent while it handles an intent. When that has ended, `act`, `keepCause`, `reply`, `tell`, `ask`, `broadcast` and what
 * `working` does throw HandlingEndedError.
 */
export interface HandlingContext<S = unknown, R = Json, V extends object = object> extends ActivationContext<S, V> {
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Replies to the asker; does nothing when none waits (the intent was sent with `tell`). Resolves when the reply is on its
   * way.
   * @param value what an intent may hold; `undefined` arrives as `null`, and as `undefined` where the asker's schema says so
   * @throws SchemaViolationError, AlreadyRepliedError, InvalidIntentError
   */
  reply(value: R): Promise<void>;
  /**
   * Acts on the outside world if policy allows it: the only way to do so. Copies and freezes both arguments at the call.
   * Records the decision and its reasons before the act. A repetition for the same intent (after a failure) has the same key,
   * so the executing system applies it once. A different action in its place is not executed and raises an escalation.
   * @throws InvalidActError, NotJsonError, NoActuatorError, ForeignCauseError, ActDivergedError; ActNotRecordedError when it
   * cannot be recorded, which may pass; what the actuator throws
   */
  act(action: ProposedAction, because: Rationale): Promise<ActResult>;
  /**
   * Records the current intent for a week, so that this agent may act for it (`action.cause`) while it handles another one,
   * even after a restart. Resolves when it is stored.
   * @throws ForeignCauseError when another intent of the same id is recorded for this agent
   */
  keepCause(): Promise<Cause>;
}

/** Each timer calls the function of that name in the definition's `timers`; setting a timer again replaces it. */
export interface AgentTimers {
  /** Fires once. @param ms at most 24 days */
  after(name: string, ms: number): void;
  /** Fires repeatedly; the next call comes `ms` after the previous one has finished. */
  every(name: string, ms: number): void;
  /** Does nothing if the timer is not running. */
  cancel(name: string): void;
}

/** Short-term memory of one agent: 64 entries of at most 64 KiB; beyond that the oldest goes. */
export interface AgentMemory {
  get(key: string): Promise<Json | undefined>;
  /** @throws WorkingValueTooLargeError, MemoryValueError, InvalidOptionError, InvalidIdError */
  set(key: string, value: Json, options?: KeepOptions): Promise<void>;
  /** Everything, by key. */
  entries(): Promise<Readonly<Record<string, Json>>>;
  delete(key: string): Promise<void>;
}

/** The memories of an app; `runtime/memory/README.md`. */
export interface AgentMemories {
  /** The same as `ctx.working`. */
  readonly working: AgentMemory;
  /** Values with versions, shared by all agents. */
  readonly shared: SharedMemory;
  /** What was done, and what came of it. */
  readonly episodic: EpisodicMemory;
  /** Knowledge, searched by meaning. */
  readonly semantic: SemanticMemory;
}

export interface KeepOptions {
  /** Milliseconds; an hour by default, at most 24. */
  readonly ttlMs?: number;
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
  /** Limit of calls of `think`: 10 by default. */
  readonly maxIterations?: number;
  /** Time limit for all calls together, milliseconds: 30 s by default. */
  readonly timeoutMs?: number;
}

/** The result of a reasoning loop. */
export type ReasonResult<T> =
  | { readonly kind: 'decided'; readonly decision: T }
  | {
      readonly kind: 'limit';
      readonly limit: 'iterations' | 'timeout';
      /** Number of calls of `think`. */
      readonly iterations: number;
      /** The limit as text: `10 iterations`. */
      readonly reached: string;
    };

export interface Thought {
  /** Counts from 1. */
  readonly iteration: number;
  /** Aborted when the time is over, or the node stops. */
  readonly signal: AbortSignal;
}
