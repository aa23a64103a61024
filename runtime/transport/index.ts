/** The port to the message store. */
export type {
  DeadLetter,
  Entry,
  Feed,
  FeedBreak,
  FeedPlace,
  FeedSink,
  PoolSettings,
  Register,
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
