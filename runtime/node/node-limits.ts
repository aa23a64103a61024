/** A node's limits: defaults with their reasons. */
import { retryRules } from '../actor/agent-options.ts';
import { type OptionRules, whole } from '../core/options.ts';

export interface NodeLimits {
  readonly laneCapacity: number;
  readonly storeBytes: number;
  readonly replicas: number;
  readonly sendDeadlineMs: number;
  readonly sendWindow: number;
  readonly queuedPerLane: number;
  readonly queuedSends: number;
  readonly pullWindow: number;
  readonly maxMemoryBytes: number;
  readonly maxPayloadBytes: number;
  readonly payloadsPerAgent: number;
  readonly attempts: number;
  readonly maxActivations: number;
  readonly handlingAlarmMs: number;
  readonly stallAlarmMs: number;
  readonly pendingAsks: number;
  readonly kindExpiryMs: number;
}

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const limitRules: OptionRules<NodeLimits> = {
  /** Intents that wait in one lane before its sender is refused. */
  laneCapacity: whole(256, 1, 100_000, 'intents'),
  /** Explicit, so that a full disk shows as a typed refusal before the server reaches it. */
  storeBytes: whole(2 * GiB, MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  replicas: whole(1, 1, 5, 'servers'),
  /** An election takes 4.5 to 7 s: a send waits through four of them. */
  sendDeadlineMs: whole(30_000, 1, 3_600_000, 'milliseconds'),
  /** Publishes in flight: more starve the consumers of the same server. */
  sendWindow: whole(1024, 1, 16_384, 'publishes'),
  queuedPerLane: whole(1024, 1, 1_000_000, 'sends'),
  queuedSends: whole(65_536, 1, 10_000_000, 'sends'),
  /** Requested per partition before the sizes are known: with 1 MiB payloads still a bounded burst. */
  pullWindow: whole(256, 2, 10_000, 'intents'),
  /**
   * Estimate for all queued or running intents: 16 bytes an intent, 1 KiB a lane, payloads. At this limit the node stops
   * pulling.
   */
  maxMemoryBytes: whole(512 * MiB, 4 * MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  /** Payloads of waiting intents; the rest is reloaded from the store. */
  maxPayloadBytes: whole(64 * MiB, MiB, Number.MAX_SAFE_INTEGER, 'bytes'),
  payloadsPerAgent: whole(32, 2, 10_000, 'intents'),
  attempts: retryRules.attempts,
  /** Activations of agents with state: above this limit, idle ones end early. */
  maxActivations: whole(100_000, 1, 100_000_000, 'activations'),
  /** A longer handling, hook or timer makes health "degraded": longer than any call of a model. */
  handlingAlarmMs: whole(900_000, 1, 86_400_000, 'milliseconds'),
  /** So does a store that confirms, archives or answers nothing for this long: an election takes 4.5 to 7 s. */
  stallAlarmMs: whole(10_000, 1, 3_600_000, 'milliseconds'),
  /**
   * Questions without a reply: 2 KiB each. An agent that asks without waiting is refused before the node runs out of memory.
   */
  pendingAsks: whole(10_000, 1, 10_000_000, 'questions'),
  /**
   * Sends to a kind wait in its mailboxes for this long after its last node has stopped, then the kind is unknown: longer than
   * any outage or holiday.
   */
  kindExpiryMs: whole(30 * dayMs, hourMs, 3_650 * dayMs, 'milliseconds'),
};

/** Measured: `bench/README.md`. Limits the pool's useful number of nodes. */
export const defaultPartitions = 16;
