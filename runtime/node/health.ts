/** The health of a node: for probes, load balancers, people. `ok` means that an intent sent now would be handled. */
import type { PausedLaneReport } from '../core/node-report.ts';

/**
 * - `starting`: it does not serve yet.
 * - `ok`.
 * - `degraded`: it runs, but something is wrong: `reasons` explains what.
 * - `stopping`: it accepts nothing more.
 */
export type HealthStatus = 'starting' | 'ok' | 'degraded' | 'stopping';

export interface Health {
  readonly status: HealthStatus;
  /** True when it serves its mailboxes or stands by, and reaches the store. */
  readonly ready: boolean;
  /** Each reason is a sentence; empty when all is well. */
  readonly reasons: readonly string[];
  /** The node that serves the pool, while this one stands by for it. */
  readonly standbyFor?: string;
}

export interface HealthSigns {
  readonly joined: boolean;
  /** Why it has not joined yet. */
  readonly obstacle: string | undefined;
  readonly stopping: boolean;
  readonly connected: boolean;
  readonly store: string;
  /** Problems of the connection, or obstacles to claiming partitions, each a sentence. */
  readonly problems: readonly string[];
  /** Why this node cannot send, independent of what it serves. */
  readonly unsendable: string | undefined;
  /** Partitions of its pool that it serves, and that it should serve. */
  readonly served: number;
  readonly partitions: number;
  /** For a standby: the serving node, if it is dead. */
  readonly deadOwner: string | undefined;
  /** The node that serves the pool, while this one stands by for it. */
  readonly standbyFor: string | undefined;
  readonly paused: number;
  readonly pausedLanes: readonly PausedLaneReport[];
  /** Share of the store's bytes in use; `undefined`: unknown. */
  readonly fill: number | undefined;
  /** The lowest rank that the store refuses: `agent` means both. */
  readonly full: 'client' | 'agent' | undefined;
  /** How long the store has not reported its fill level, with the reason. */
  readonly silence: { readonly ms: number; readonly reason: string } | undefined;
  /**
   * How long a store that answers questions has confirmed no write; `undefined` where that can be an election. A nats-server whose
   * disk was full stores nothing more until it is restarted, even when there is room again (2.15.1).
   */
  readonly unwrittenMs: number | undefined;
  /** The longest-running handling, hook or timer. */
  readonly oldest: { readonly agent: string; readonly ms: number } | undefined;
  /** How long the store has not confirmed an acknowledgement, or stored what is archived. */
  readonly acksStalledMs: number;
  readonly archiveStalledMs: number;
  /** Why the archive refuses, if known. */
  readonly archiveObstacle: string | undefined;
  /** Unacknowledged intents of the fullest partition, as a share of its consumer's limit. */
  readonly pending: number;
  /** How far the store's clock is ahead of this node's; `undefined`: unknown. */
  readonly skewMs: number | undefined;
}

export interface HealthLimits {
  /** A longer handling counts as one that never ends. */
  readonly handlingAlarmMs: number;
  /** Limit for acknowledgements, the archive and the store's answers: an election takes 4.5 to 7 s. */
  readonly stallAlarmMs: number;
}

const pendingAt = 0.8;
/** Contact is proved by a write every second. */
const unwrittenAtMs = 4_000;
const skewAtMs = 1_000;

export function healthOf(signs: HealthSigns, limits: HealthLimits): Health {
  const { standbyFor } = signs;
  return standbyFor === undefined ? statusOf(signs, limits) : { ...statusOf(signs, limits), standbyFor };
}

function statusOf(signs: HealthSigns, limits: HealthLimits): Health {
  const { joined, stopping } = signs;
  const missing = unserved(signs, limits);
  const reasons = [...missing, ...signs.problems, ...late(signs, limits), ...other(signs)];
  const ready = joined && !stopping && missing.length === 0;
  if (stopping) return { status: 'stopping', ready, reasons };
  if (!joined && reasons.length === 0) return { status: 'starting', ready, reasons };
  return { status: reasons.length === 0 ? 'ok' : 'degraded', ready, reasons };
}

/** Lists obstacles to handling an intent: with any, the node is not ready. */
function unserved(signs: HealthSigns, { stallAlarmMs }: HealthLimits): readonly string[] {
  const {
    joined,
    obstacle,
    connected,
    store,
    served,
    partitions,
    deadOwner,
    fill = 0,
    full,
    silence,
    unwrittenMs = 0,
    unsendable,
  } = signs;
  const isUnwritable = connected && unwrittenMs > unwrittenAtMs;
  return present(
    connected ? undefined : `no connection to ${store}`,
    joined || obstacle === undefined ? undefined : `not started yet: ${obstacle}`,
    joined && served < partitions
      ? `${partitions - served} of ${partitions} partitions are not served just now`
      : undefined,
    deadOwner === undefined ? undefined : `the pool is owned by node "${deadOwner}", which does not answer`,
    isUnwritable
      ? `the store answers, but has stored nothing for ${seconds(unwrittenMs)}: its disk may be full; free space, then restart nats-server`
      : undefined,
    connected && !isUnwritable && silence !== undefined && silence.ms > stallAlarmMs
      ? `the store has not answered for ${seconds(silence.ms)}: ${silence.reason}`
      : undefined,
    unsendable === undefined ? undefined : `nothing can be sent: ${unsendable}`,
    full === undefined ? undefined : `the store is ${percent(fill)} full: ${refusals[full]}`,
  );
}

/** Lists what has lasted too long. */
function late(signs: HealthSigns, { handlingAlarmMs, stallAlarmMs }: HealthLimits): readonly string[] {
  const { oldest, acksStalledMs, archiveStalledMs, archiveObstacle = 'it does not answer' } = signs;
  return present(
    oldest !== undefined && oldest.ms > handlingAlarmMs
      ? `agent "${oldest.agent}" has been busy with one thing for ${seconds(oldest.ms)}: its mailbox waits`
      : undefined,
    acksStalledMs > stallAlarmMs
      ? `the store has not confirmed acknowledgements for ${seconds(acksStalledMs)}`
      : undefined,
    archiveStalledMs > stallAlarmMs
      ? `the archive has not taken what is finished for ${seconds(archiveStalledMs)}: ${archiveObstacle}`
      : undefined,
  );
}

function other({ pending, paused, pausedLanes, skewMs = 0 }: HealthSigns): readonly string[] {
  const ahead = skewMs > 0 ? 'ahead of' : 'behind';
  return present(
    pending >= pendingAt
      ? `${percent(pending)} of the unacknowledged intents that a partition may have are there: at 100 % it gets no more`
      : undefined,
    Math.abs(skewMs) > skewAtMs ? `the store's clock is ${seconds(Math.abs(skewMs))} ${ahead} this node's` : undefined,
    paused === 0 ? undefined : `${paused} agents failed too often and are paused`,
    lanesPaused(pausedLanes),
  );
}

function lanesPaused([first, ...others]: readonly PausedLaneReport[]): string | undefined {
  if (first === undefined) return undefined;
  const { agent, sender } = first;
  const more = others.length === 0 ? '' : `; ${others.length} more lanes are paused`;
  return `agent "${agent}" failed too often over what "${sender}" sent: that lane is paused until "parley resume ${agent}"${more}`;
}

const refusals = Object.freeze({
  client: "clients' intents are refused, the large ones first",
  agent: "intents are refused, the large ones first, and agents' own too",
});

const percent = (part: number): string => `${Math.floor(part * 100)} %`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const present = (...reasons: readonly (string | undefined)[]): readonly string[] =>
  reasons.filter((reason) => reason !== undefined);
