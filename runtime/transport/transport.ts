/**
 * The port to the message store: the part of JetStream that the runtime needs, in the runtime's vocabulary. Adapters:
 * `jetstream/jetstream-transport.ts` and `simulated/simulated-transport.ts`; both pass `test/contract/transport-contract.ts`.
 *
 * Deliberately absent: lane order, retries, settling and ownership. `mailbox/` and `cluster/` decide them, so that they hold on
 * every adapter.
 */
import type { Publisher } from '../core/publication.ts';
import type { BucketName, LogName } from '../core/stores.ts';
import type { Feed, FeedPlace, FeedSink } from './feed.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { KeyValueStore } from './key-value-store.ts';
import type { Pools } from './pool.ts';
import type { RecordLog } from './record-log.ts';
import type { Signals } from './signals.ts';

export interface Transport extends Publisher, AsyncDisposable {
  /** Describes the other side, for people: `nats-server 2.15.1 at nats://127.0.0.1:4222`. */
  readonly describe: string;
  /** The mesh that owns the streams. */
  readonly mesh: string;
  /** True while no loss is known: a dead peer is detected after seconds. */
  readonly isConnected: boolean;
  /** Present problems, each a sentence: subjects that the server refuses, streams that are gone. */
  readonly problems: readonly string[];

  /** Returns a log of the catalogue (`core/stores.ts`): records that are appended and never changed. @throws UnknownStoreError */
  log(name: LogName): RecordLog;
  /** Returns a bucket of the catalogue: the last value of each key, read through the leader. @throws UnknownStoreError */
  bucket(name: BucketName): KeyValueStore;
  /** The streams of pools. */
  readonly pools: Pools;
  /** Core NATS: at most once, possibly without a listener. */
  readonly signals: Signals;

  /** Adds names, in lower case, of headers that deliveries and requests carry; none by default. */
  propagateHeaders(names: readonly string[]): void;

  /**
   * Opens the one consumer of a partition, named after its epoch. Deletes consumers of other epochs, each only while the ownership
   * record is still that of this epoch. The feed then delivers every unacknowledged message of the partition in order of `seq`,
   * without a gap, until it breaks. It may open although the record has changed meanwhile: `confirm` finds out.
   * @throws TransportUnavailableError when the store does not answer; StaleEpochError; ForeignConsumerError
   */
  openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed>;

  /**
   * Proves that the partition's ownership record is still that of this epoch, by a write that a majority of the store accepts only
   * then. A read would not prove it: a leader that was cut off answers from the past. Tries once.
   * @throws StaleEpochError when the record has changed; TransportUnavailableError when no answer comes
   */
  confirm(at: FeedPlace): Promise<void>;

  /** Proves contact for a node that owns nothing, by a write that a majority of the store accepts. Tries once. @throws TransportUnavailableError */
  reach(pool: string): Promise<void>;

  /**
   * Repeats a message on a subject every 500 ms, also while the main loop is busy, until it is stopped.
   * @param failed called with the reason when it cannot do that: its thread could not be loaded, or ended
   */
  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat;

  /** Calls `listener` on every change; returns a function that stops it. */
  onStatus(listener: (status: TransportStatus) => void): () => void;

  close(): Promise<void>;
}

export type TransportStatus = 'connected' | 'disconnected';
