/** How a node is: for probes, load balancers and people. `ok` means that an intent sent now would be handled. */
import type { PausedLaneReport } from '../core/node-report.ts';

/**
 * - `starting`: it does not serve yet.
 * - `ok`.
 * - `degraded`: it lives, and something is missing: `reasons` says what.
 * - `stopping`: it takes nothing more.
 */
export type HealthStatus = 'starting' | 'ok' | 'degraded' | 'stopping';

export interface Health {
  readonly status: HealthStatus;
  /** Does it serve its mailboxes, or stand by, and reach the store? */
  readonly ready: boolean;
  /** Each a sentence; empty when all is well. */
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
  /** What is wrong with the connection, and what keeps partitions from being claimed, each a sentence. */
  readonly problems: readonly string[];
  /** Why nothing can be sent from here, whatever is served. */
  readonly unsendable: string | undefined;
  /** Partitions of its pool that it serves, and that it should. */
  readonly served: number;
  readonly partitions: number;
  /** A standby's: the node that serves the pool, if it is dead. */
  readonly deadOwner: string | undefined;
  /** The node that serves the pool, while this one stands by for it. */
  readonly standbyFor: string | undefined;
  readonly paused: number;
  readonly pausedLanes: readonly PausedLaneReport[];
  /** Part of the store's bytes that is taken; `undefined`: not known. */
  readonly fill: number | undefined;
  /** Whom it refuses: both, when agents. */
  readonly full: 'client' | 'agent' | undefined;
  /** Since when the store has not said how full it is, and why. */
  readonly silence: { readonly ms: number; readonly reason: string } | undefined;
  /** The handling, hook or timer that has lasted longest. */
  readonly oldest: { readonly agent: string; readonly ms: number } | undefined;
  /** How long the store has not confirmed an acknowledgement, or taken what is archived. */
  readonly acksStalledMs: number;
  readonly archiveStalledMs: number;
  /** Why the archive does not take it, as far as is known. */
  readonly archiveObstacle: string | undefined;
  /** The fullest partition's unacknowledged intents, as part of what its consumer allows. */
  readonly pending: number;
  /** How far the store's clock is ahead of this node's; `undefined`: not known. */
  readonly skewMs: number | undefined;
}

export interface HealthLimits {
  /** A handling that lasts longer is taken for one that never ends. */
  readonly handlingAlarmMs: number;
  /** Acknowledgements, the archive and the store's answers may take so long: an election takes 4.5 to 7 s. */
  readonly stallAlarmMs: number;
}

const pendingAt = 0.8;
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

/** What keeps an intent from being taken: the node is not ready. */
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
    unsendable,
  } = signs;
  return present(
    connected ? undefined : `no connection to ${store}`,
    joined || obstacle === undefined ? undefined : `not started yet: ${obstacle}`,
    joined && served < partitions
      ? `${partitions - served} of ${partitions} partitions are not served just now`
      : undefined,
    deadOwner === undefined ? undefined : `the pool is owned by node "${deadOwner}", which does not answer`,
    connected && silence !== undefined && silence.ms > stallAlarmMs
      ? `the store has not answered for ${seconds(silence.ms)}: ${silence.reason}`
      : undefined,
    unsendable === undefined ? undefined : `nothing can be sent: ${unsendable}`,
    full === undefined ? undefined : `the store is ${percent(fill)} full: ${refusals[full]}`,
  );
}

/** What has lasted too long. */
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
