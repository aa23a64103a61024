/**
 * What the history of a chaos run is made of: one event a line, written by the process that saw it. Times are milliseconds of the
 * machine's monotonic clock, so that they compare across processes and no step of a wall clock moves them.
 */
import type { FaultKind } from './fault-kinds.ts';

export type HistoryEvent =
  | SendingEvent
  | AcceptedEvent
  | RefusedEvent
  | StartedEvent
  | EndedEvent
  | RepliedEvent
  | TimerEvent
  | TicketEvent
  | DeadEvent
  | HealthEvent
  | BacklogEvent
  | OwnerEvent
  | ProcessEvent
  | FaultEvent;

interface Seen {
  /** When, in milliseconds of `machineMs`. */
  readonly t: number;
  /** The process that saw it: `node-0.3` is the third incarnation of node 0. */
  readonly by: string;
}

/** `<from>><to>` of one lane of intents. */
export type LaneName = string;

export const laneName = (from: string, to: string): LaneName => `${from}>${to}`;

/** A sender is about to send. `n` counts its sends into the lane; an intent that is sent again gets a new one. */
export interface SendingEvent extends Seen {
  readonly event: 'sending';
  readonly id: string;
  readonly lane: LaneName;
  readonly type: string;
  readonly n: number;
  /** How long it may wait after it was accepted, milliseconds; absent: for ever. */
  readonly deadlineMs?: number;
}

/** The store has it: from here on it must not be lost. `seq` is its position among all that the pool accepted. */
export interface AcceptedEvent extends Seen {
  readonly event: 'accepted';
  readonly id: string;
  readonly lane: LaneName;
  readonly seq: number;
}

/** Not accepted (`refused`), or nobody knows (`unknown`): it may be handled, once, or not at all. */
export interface RefusedEvent extends Seen {
  readonly event: 'refused' | 'unknown';
  readonly id: string;
  readonly lane: LaneName;
  readonly code: string;
}

/** An attempt to handle it begins. */
export interface StartedEvent extends Seen {
  readonly event: 'started';
  readonly id: string;
  readonly lane: LaneName;
  readonly type: string;
  readonly attempt: number;
}

/** The attempt is over: `handled`, or `failed` (it is tried again, or becomes a dead letter). */
export interface EndedEvent extends Seen {
  readonly event: 'handled' | 'failed';
  readonly id: string;
}

export interface RepliedEvent extends Seen {
  readonly event: 'replied';
  readonly id: string;
}

export interface TimerEvent extends Seen {
  readonly event: 'timer';
  readonly agent: string;
}

/** What the gateway said of a ticket. */
export interface TicketEvent extends Seen {
  readonly event: 'ticket';
  readonly id: string;
  readonly state: string;
}

/** Seen in the dead-letter stream. */
export interface DeadEvent extends Seen {
  readonly event: 'dead';
  readonly id: string;
  readonly type: string;
  readonly reason: string;
  readonly errors: readonly string[];
}

/** An answer of `/healthz`; `status` is `none` when there was none. */
export interface HealthEvent extends Seen {
  readonly event: 'health';
  readonly node: string;
  readonly status: string;
  readonly reasons: readonly string[];
}

/** Messages that the pool's stream holds. */
export interface BacklogEvent extends Seen {
  readonly event: 'backlog';
  readonly messages: number;
}

/** A partition's ownership record has changed. */
export interface OwnerEvent extends Seen {
  readonly event: 'owner';
  readonly partition: number;
  readonly epoch: number;
  /** The runtime's own id of the node; empty when the partition was released. */
  readonly owner: string;
}

/** A node's process: forked, serving or standing by, ended. `how` is an exit code or a signal. */
export interface ProcessEvent extends Seen {
  readonly event: 'process';
  readonly process: string;
  readonly phase: 'started' | 'ready' | 'ended';
  /** The runtime's own id of the node, once it is known. */
  readonly node?: string;
  readonly how?: string;
  /** It ended because a fault ended it. */
  readonly asked?: boolean;
}

export interface FaultEvent extends Seen {
  readonly event: 'fault';
  readonly fault: FaultKind;
  readonly phase: 'begin' | 'end';
  /** Which one of the run it is, from 0. */
  readonly n: number;
  /** The process that is hit, such as `node-0.3`; absent when the store or the network is. */
  readonly target?: string;
}

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export const machineMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
