/**
 * The interface between the runtime and a supervisor. A strategy decides (`supervision/`), a `Supervisor` executes
 * (`runtime/actor/agent-supervisor.ts`). Neither waits for the other: a delayed restart is a timer of the executing side.
 */

/** How often a child may be restarted. */
export interface RestartRule {
  /** Restarts within the period; one more failure pauses the mailbox and escalates to a human. */
  readonly intensity: number;
  readonly periodMs: number;
  /** The first restart is immediate, the second waits at most this long; the limit doubles with each further one. */
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** A child as a strategy sees it. */
export interface Child {
  /** `kind` or `kind/key`. */
  readonly id: string;
  readonly rule: RestartRule;
  /** Has timers of its own, so it starts after a restart without waiting for its next intent. */
  readonly startsItself: boolean;
}

/** The work during which a child failed. */
export interface FailureCause {
  /** Identifies the intent: the same for every attempt. */
  readonly id: string;
  /** Subject of the lane that delivered the intent; `undefined`: a timer, a hook. */
  readonly origin: string | undefined;
}

/** What a strategy may do to children (as the interface of the same name in Proto.Actor). Each verb returns at once. */
export interface Supervisor<C extends Child> {
  /** Activates the child as soon as it is up. */
  start(child: C): void;
  /** Allows the child's next activation. @param afterMs milliseconds until then; 0: at once */
  restart(child: C, afterMs: number): void;
  /** Pauses the child's mailbox, and calls a human. @param restarts how often the child was restarted before */
  pause(child: C, restarts: number): void;
  /** Pauses the lane of one origin, and calls a human: the child continues for the others. */
  pauseLane(child: C, origin: string, restarts: number): void;
  /** Ends the child's pause, and those of its lanes. @returns whether anything was paused */
  resume(id: string): boolean;
}

/** Decides about failed children: calls the verbs of the supervisor that it is given. */
export interface SupervisorStrategy {
  failed<C extends Child>(supervisor: Supervisor<C>, child: C, cause: FailureCause): void;
  /** The child handled an intent. */
  succeeded(id: string): void;
  /** The intent will not be retried. @param cause its id */
  deadLettered(id: string, cause: string): void;
  /** Forgets the failures of a child that a human has inspected. */
  resetRestarts(id: string): void;
}
