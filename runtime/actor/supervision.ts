/** What the runtime tells a supervisor of its agents, and what that decides. */
import type { SupervisionOptions } from './agent-options.ts';

/** What an agent was doing when it failed. */
export interface FailureCause {
  /** The same for every attempt. */
  readonly id: string;
  /** Subject of the lane that the intent came by; `undefined`: a timer, a hook. */
  readonly origin: string | undefined;
}

/** What the supervisor says of a failure; `supervision/supervisor.ts`. */
export interface Supervision {
  failed(
    id: string,
    rule: SupervisionOptions,
    cause: FailureCause,
  ):
    | { readonly kind: 'restart'; readonly afterMs: number }
    | { readonly kind: 'hold_origin'; readonly origin: string; readonly restarts: number }
    | { readonly kind: 'give_up'; readonly restarts: number };
  deadLettered(id: string, cause: string): void;
  succeeded(id: string): void;
  resetRestarts(id: string): void;
}

/** Told synchronously; must not throw. */
export interface ActivationEvents {
  restarted(id: string, afterMs: number): void;
  /** It failed too often: its mailbox is paused until somebody resumes it. */
  paused(id: string, restarts: number): void;
  /** It failed too often over intents of one sender. */
  lanePaused(id: string, sender: string, restarts: number): void;
  strayError(id: string, error: unknown): void;
}

/** A timer, a hook: no intent is at fault. */
export const ownDoing = (id: string): FailureCause => ({ id, origin: undefined });
