/** The port to the message store. */
export type { BucketName, LogName } from '../core/stores.ts';
export type { Feed, FeedBreak, FeedPlace, FeedSink } from './feed.ts';
export type { Heartbeat, HeartbeatFields } from './heartbeat.ts';
export type { Entry, KeyedEntry, KeyValueStore } from './key-value-store.ts';
export type { PoolOption, PoolSettings, Pools, PoolUsage, StrayPartition } from './pool.ts';
export type { LoggedRecord, NewRecord, RecordLog } from './record-log.ts';
export { usualRecordBytes } from './record-log.ts';
export type { Serve, Signals } from './signals.ts';
export { UnknownStoreError } from './store-set.ts';
export type { Transport, TransportStatus } from './transport.ts';
export {
  AccessRefusedError,
  AccountLimitError,
  ForeignConsumerError,
  NoJetStreamError,
  NotDeliveredError,
  PermissionRefusedError,
  type RecordRefusal,
  RecordRefusedError,
  RevisionConflictError,
  ServerTooOldError,
  type SettingConflict,
  StaleEpochError,
  StorageQuotaError,
  StreamConflictError,
  StreamRefusedError,
  TransportUnavailableError,
} from './transport-errors.ts';
