/**
 * The events of the history of a chaos run: one event per line, written by the process that saw it. Times are milliseconds of the
 * monotonic clock of the machine, so that they compare across processes, unaffected by steps of a wall clock.
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

/** A sender is about to send. `n` counts its sends into the lane; a resent intent gets a new number. */
export interface SendingEvent extends Seen {
  readonly event: 'sending';
  readonly id: string;
  readonly lane: LaneName;
  readonly type: string;
  readonly n: number;
  /** How long the intent may wait after it was accepted, milliseconds; absent: without limit. */
  readonly deadlineMs?: number;
}

/** The store accepted the intent: from now on it must not be lost. `seq` is its position among all accepted by the pool. */
export interface AcceptedEvent extends Seen {
  readonly event: 'accepted';
  readonly id: string;
  readonly lane: LaneName;
  readonly seq: number;
}

/** The intent was not accepted (`refused`), or its fate is unknown (`unknown`): it may be handled once, or not at all. */
export interface RefusedEvent extends Seen {
  readonly event: 'refused' | 'unknown';
  readonly id: string;
  readonly lane: LaneName;
  readonly code: string;
}

/** An attempt to handle the intent begins. */
export interface StartedEvent extends Seen {
  readonly event: 'started';
  readonly id: string;
  readonly lane: LaneName;
  readonly type: string;
  readonly attempt: number;
}

/** The attempt is over: `handled`, or `failed` (a retry or a dead letter follows). */
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

/** The answer of the gateway about a ticket. */
export interface TicketEvent extends Seen {
  readonly event: 'ticket';
  readonly id: string;
  readonly state: string;
}

/** The intent appeared in the dead-letter stream. */
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

/** The number of messages in the stream of the pool. */
export interface BacklogEvent extends Seen {
  readonly event: 'backlog';
  readonly messages: number;
}

/** The ownership record of a partition has changed. */
export interface OwnerEvent extends Seen {
  readonly event: 'owner';
  readonly partition: number;
  readonly epoch: number;
  /** The runtime's id of the node; empty when the partition was released. */
  readonly owner: string;
}

/** The process of a node: forked, serving, standing by or ended. `how` is an exit code or a signal. */
export interface ProcessEvent extends Seen {
  readonly event: 'process';
  readonly process: string;
  readonly phase: 'started' | 'ready' | 'ended';
  /** The runtime's id of the node, once it is known. */
  readonly node?: string;
  readonly how?: string;
  /** True when a fault ended it. */
  readonly asked?: boolean;
}

export interface FaultEvent extends Seen {
  readonly event: 'fault';
  readonly fault: FaultKind;
  readonly phase: 'begin' | 'end';
  /** The number of the fault in the run, from 0. */
  readonly n: number;
  /** The process that is hit, such as `node-0.3`; absent for a fault of the store or the network. */
  readonly target?: string;
}

/** Reads the monotonic clock of the machine, shared by all processes, in milliseconds. */
export const machineMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
