/**
 * The port behind which an agent's code runs: in this process (`runtime/isolation/inline-host.ts`), or in another. Everything
 * that a host is given is serialisable, but for the two that it needs to call back: the context, whose calls a host elsewhere
 * passes on to the node, and `timerDue`. Of an activation such a host sends `number` and `id`.
 */
import type { Intent } from '../core/intent.ts';
import type { ActivationTimers } from './activation-timers.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { ActivationContext, HandlingContext } from './context.ts';

/** What a host uses of an activation. */
export interface HostedActivation {
  /** Unique on this node. */
  readonly number: number;
  /** `kind` or `kind/key`. */
  readonly id: string;
  readonly agent: CompiledAgent;
  /** The state that the user's code keeps. */
  state: unknown;
  timers: ActivationTimers | undefined;
  /** The context of its present intent, timer or hook. */
  readonly running: Abortable | undefined;
}

/** The context of code that runs. */
export interface Abortable {
  /** Aborts `ctx.signal`. */
  abort(reason: Error): void;
}

export interface IntentDelivery {
  readonly kind: 'intent';
  readonly intent: Intent;
  /** Counts from 1. */
  readonly attempt: number;
}

export type HookDelivery =
  | { readonly kind: 'activated' }
  | { readonly kind: 'passivated' }
  | { readonly kind: 'timer'; readonly timer: string };

export interface ActivationHost {
  /**
   * Makes the activation's state.
   * @param timerDue called when the activation has to serve a timer, after its present work; must not throw
   * @returns nothing, or a promise when the definition's `state` is asynchronous
   */
  start(activation: HostedActivation, timerDue: (timer: string) => void): unknown;
  /**
   * Runs the agent's code for one delivery; an activation has one at a time.
   * @returns what the code returns: a promise if it is asynchronous. Throws what the code throws
   */
  deliver(activation: HostedActivation, delivery: IntentDelivery, context: HandlingContext): unknown;
  deliver(activation: HostedActivation, delivery: HookDelivery, context: ActivationContext): unknown;
  /** Aborts `ctx.signal` of the code that runs. */
  abort(activation: HostedActivation, reason: string): void;
  /** Ends the activation: stops its timers, delivers nothing to it any more. */
  kill(activation: HostedActivation): void;
}
