/** The interface between the runtime and a supervisor: reports of failures, decisions. */
import type { SupervisionOptions } from './agent-options.ts';

/** The work during which an agent failed. */
export interface FailureCause {
  /** The same for every attempt. */
  readonly id: string;
  /** Subject of the lane that delivered the intent; `undefined`: a timer, a hook. */
  readonly origin: string | undefined;
}

/** The supervisor's decisions; `supervision/supervisor.ts`. */
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

/** Called synchronously; must not throw. */
export interface RestartEvents {
  restarted(id: string, afterMs: number): void;
  /** The agent failed too often: its mailbox is paused until an operator resumes it. */
  paused(id: string, restarts: number): void;
  /** The agent failed too often over intents of one sender. */
  lanePaused(id: string, sender: string, restarts: number): void;
}

/** The cause for a timer or a hook: no intent is at fault. */
export const ownDoing = (id: string): FailureCause => ({ id, origin: undefined });
