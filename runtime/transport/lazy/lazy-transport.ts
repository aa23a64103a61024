/**
 * A transport that is returned before its store is reachable: it connects in the background, with retries, then delegates every
 * call. Until then publishes are `unavailable`, so their senders retry, and queries wait.
 */
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import type { BucketName, LogName } from '../../core/stores.ts';
import type { Feed, FeedPlace, FeedSink } from '../feed.ts';
import type { Heartbeat } from '../heartbeat.ts';
import type { KeyValueStore } from '../key-value-store.ts';
import type { Pools } from '../pool.ts';
import type { RecordLog } from '../record-log.ts';
import type { Signals } from '../signals.ts';
import { StoreSet } from '../store-set.ts';
import type { Transport, TransportStatus } from '../transport.ts';
import { Connecting, type LazySettings } from './connecting.ts';
import { lazyHeartbeat } from './lazy-heartbeat.ts';
import { lazyPools } from './lazy-pools.ts';
import { lazySignals } from './lazy-signals.ts';
import { lazyBucket, lazyLog } from './lazy-stores.ts';

export class LazyTransport implements Transport {
  readonly mesh: string;
  readonly signals: Signals;
  readonly pools: Pools;
  readonly #name: string;
  readonly #connecting: Connecting;
  readonly #stores: StoreSet<RecordLog, KeyValueStore>;

  constructor(settings: LazySettings) {
    const connecting = new Connecting(settings);
    this.mesh = settings.mesh;
    this.signals = lazySignals(connecting);
    this.pools = lazyPools(connecting);
    this.#name = settings.name;
    this.#connecting = connecting;
    this.#stores = new StoreSet(
      (name) => lazyLog(connecting, name),
      (name) => lazyBucket(connecting, name),
    );
  }

  get describe(): string {
    return this.#connecting.transport?.describe ?? `${this.#name}, not reached yet: ${this.#connecting.why}`;
  }

  get isConnected(): boolean {
    return this.#connecting.transport?.isConnected ?? false;
  }

  get problems(): readonly string[] {
    const { transport, givenUp } = this.#connecting;
    return transport?.problems ?? (givenUp === undefined ? [] : [givenUp.message]);
  }

  log(name: LogName): RecordLog {
    return this.#stores.log(name);
  }

  bucket(name: BucketName): KeyValueStore {
    return this.#stores.bucket(name);
  }

  propagateHeaders(names: readonly string[]): void {
    this.#connecting.onceConnected((transport) => {
      transport.propagateHeaders(names);
      return () => undefined;
    });
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    const { transport, givenUp } = this.#connecting;
    if (transport !== undefined) return transport.publish(publication, settle);
    queueMicrotask(() =>
      settle(
        givenUp === undefined
          ? { kind: 'unavailable', reason: 'not connected' }
          : { kind: 'rejected', code: 0, reason: givenUp.message },
      ),
    );
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    return (await this.#connecting.reached('opening a partition')).openFeed(at, sink);
  }

  async confirm(at: FeedPlace): Promise<void> {
    await (await this.#connecting.reached('confirming a partition')).confirm(at);
  }

  async reach(pool: string): Promise<void> {
    await (await this.#connecting.reached('writing to the store')).reach(pool);
  }

  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat {
    return lazyHeartbeat(this.#connecting, subject, failed);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    return this.#connecting.onceConnected(
      (transport) => {
        const stop = transport.onStatus(listener);
        listener('connected');
        return stop;
      },
      (transport) => transport.onStatus(listener),
    );
  }

  close(): Promise<void> {
    return this.#connecting.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
