/** How a node is: for probes, load balancers and people. */

/**
 * - `starting`: it does not serve yet.
 * - `ok`.
 * - `degraded`: it lives, and something is missing: `reasons` says what.
 * - `stopping`: it takes nothing more.
 */
export type HealthStatus = 'starting' | 'ok' | 'degraded' | 'stopping';

export interface Health {
  readonly status: HealthStatus;
  /** Does it serve its mailboxes and reach the store? */
  readonly ready: boolean;
  /** Each a sentence; empty when all is well. */
  readonly reasons: readonly string[];
}

export interface HealthSigns {
  readonly joined: boolean;
  /** Why it has not joined yet. */
  readonly obstacle: string | undefined;
  readonly stopping: boolean;
  readonly connected: boolean;
  readonly store: string;
  /** Partitions of its pool that it serves, and that there are. */
  readonly served: number;
  readonly partitions: number;
  readonly paused: number;
  readonly storeFull: boolean;
}

export function healthOf(signs: HealthSigns): Health {
  const { joined, obstacle, stopping, connected, store, served, partitions, paused, storeFull } = signs;
  const lacking = [
    connected ? undefined : `no connection to ${store}`,
    joined || obstacle === undefined ? undefined : `not started yet: ${obstacle}`,
    joined && served < partitions
      ? `${partitions - served} of ${partitions} partitions are not served just now`
      : undefined,
    storeFull ? 'the store is nearly full: it takes replies only' : undefined,
  ].filter((reason) => reason !== undefined);
  const ready = joined && !stopping && lacking.length === 0;
  const reasons = paused === 0 ? lacking : [...lacking, `${paused} agents failed too often and are paused`];
  if (stopping) return { status: 'stopping', ready, reasons };
  if (!joined && reasons.length === 0) return { status: 'starting', ready, reasons };
  return { status: reasons.length === 0 ? 'ok' : 'degraded', ready, reasons };
}
