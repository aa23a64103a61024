/** The port to the message store. */
export type {
  Entry,
  Feed,
  FeedBreak,
  FeedPlace,
  FeedSink,
  KeyedEntry,
  LoggedRecord,
  LogName,
  NewRecord,
  PoolSettings,
  RecordLog,
  Register,
  Serve,
  Signals,
  Transport,
  TransportStatus,
} from './transport.ts';
export {
  NoJetStreamError,
  RevisionConflictError,
  ServerTooOldError,
  StaleEpochError,
  StorageQuotaError,
  StreamConflictError,
  StreamRefusedError,
  TransportUnavailableError,
} from './transport-errors.ts';
