/**
 * The limits of this account on the server (docs.nats.io, "JetStream wire API reference": `$JS.API.INFO`), with the check that
 * a mesh fits.
 */
import { AccountLimitError } from '../transport-errors.ts';
import type { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { poolSize, totalBytes } from './stream-sizes.ts';

interface TierLimits {
  readonly max_memory?: number;
  readonly max_storage?: number;
  readonly max_streams?: number;
  readonly max_consumers?: number;
  readonly max_ack_pending?: number;
  readonly storage_max_stream_bytes?: number;
}

interface Tier {
  readonly reserved_storage?: number;
  readonly streams?: number;
  readonly limits: TierLimits;
}

export interface AccountInfo extends Tier {
  readonly domain?: string;
  /** Limits by replicas: `R1`, `R3`; then the account has no other limits. */
  readonly tiers?: Readonly<Record<string, Tier>>;
}

/** The room left within the account's limits. `undefined`: no limit. */
export interface AccountRoom {
  readonly storeBytes: number | undefined;
  readonly streamBytes: number | undefined;
  readonly streams: number | undefined;
  /** The consumers of one stream. */
  readonly consumers: number | undefined;
  readonly ackPending: number | undefined;
  readonly memory: boolean;
}

export async function readAccount(api: JetStreamApi): Promise<AccountInfo> {
  return api.request<AccountInfo>(apiSubject('INFO'), {});
}

/** Computes the room; pure. @param replicas selects the tier; without tiers every replica counts against one limit */
export function roomOf(info: AccountInfo, replicas: number): AccountRoom {
  const tier = info.tiers === undefined ? info : (info.tiers[`R${replicas}`] ?? { limits: {} });
  const { limits } = tier;
  const storage = limits.max_storage === undefined || limits.max_storage < 0 ? undefined : limits.max_storage;
  const copies = info.tiers === undefined ? replicas : 1;
  const streams = bound(limits.max_streams);
  return {
    storeBytes: storage === undefined ? undefined : Math.max(0, (storage - (tier.reserved_storage ?? 0)) / copies),
    streamBytes: bound(limits.storage_max_stream_bytes),
    streams: streams === undefined ? undefined : Math.max(0, streams - (tier.streams ?? 0)),
    consumers: bound(limits.max_consumers),
    ackPending: bound(limits.max_ack_pending),
    memory: limits.max_memory !== 0,
  };
}

/** -1 means no limit, as does a limit of 0 streams or bytes of one stream. */
const bound = (limit: number | undefined): number | undefined =>
  limit === undefined || limit <= 0 ? undefined : limit;

/** Refuses a new mesh that would be created only in part. Pure. @throws AccountLimitError */
export function checkRoom(room: AccountRoom, missing: number): void {
  const { streams, storeBytes, streamBytes } = room;
  if (streams !== undefined && streams < missing) {
    throw new AccountLimitError(
      `it may have ${streams} more streams, and ${missing} are to be made; raise "max_streams"`,
    );
  }
  const least = totalBytes(0, streamBytes);
  if (storeBytes !== undefined && storeBytes < least) {
    throw new AccountLimitError(
      `${storeBytes} bytes of storage are left, and the smallest mesh needs ${least}; raise "max_file"`,
    );
  }
  const largest = poolSize.least;
  if (streamBytes !== undefined && streamBytes < largest) {
    throw new AccountLimitError(
      `a stream may have ${streamBytes} bytes, and mailboxes need ${largest}; raise "disk_max_stream_bytes"`,
    );
  }
}

/** @throws AccountLimitError */
export function checkConsumers({ consumers }: AccountRoom, partitions: number): void {
  if (consumers === undefined || consumers >= partitions) return;
  throw new AccountLimitError(
    `a stream may have ${consumers} consumers, and a pool of ${partitions} partitions needs one for each; ` +
      'raise "max_consumers", or make the pool with fewer "partitions"',
  );
}
