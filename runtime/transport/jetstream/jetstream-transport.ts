/** The port's adapter for nats-server 2.12 and newer: composes publisher, feeds, pools, logs, buckets on one connection. */
import type { Clock } from '../../core/clock.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { systemRandom } from '../../core/random.ts';
import { retry } from '../../core/retry.ts';
import type { BucketName, LogName } from '../../core/stores.ts';
import type { Feed, FeedPlace, FeedSink } from '../feed.ts';
import type { Heartbeat } from '../heartbeat.ts';
import type { KeyValueStore } from '../key-value-store.ts';
import type { Pools } from '../pool.ts';
import { PropagatedHeaders } from '../propagated-headers.ts';
import type { RecordLog } from '../record-log.ts';
import type { Signals } from '../signals.ts';
import type { StoreSet } from '../store-set.ts';
import type { Transport, TransportStatus } from '../transport.ts';
import type { JetStreamApi } from './api.ts';
import { Confirmations } from './confirmation.ts';
import { watchConnection } from './connection.ts';
import type { ConnectionProblems } from './connection-problems.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { createConsumer } from './consumers.ts';
import { JetStreamFeed } from './feed.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { startHeartbeat } from './heartbeat.ts';
import { jetStreamStores } from './jetstream-stores.ts';
import type { MeshStreams } from './mesh-streams.ts';
import { PoolStreams } from './pool-streams.ts';
import { JetStreamPublisher } from './publisher.ts';
import { coreSignals } from './signals.ts';
import { StreamKeeper } from './stream-keeper.ts';

/** The deadline of confirming an epoch while consumers of other epochs are deleted, as for a claim. */
const confirmWithinMs = 15_000;

export interface TransportParts {
  readonly connection: GuardedConnection;
  readonly api: JetStreamApi;
  readonly clock: Clock;
  readonly mesh: string;
  readonly problems: ConnectionProblems;
  readonly streams: MeshStreams;
  readonly settings: ConnectionSettings;
}

export class JetStreamTransport implements Transport {
  readonly mesh: string;
  readonly signals: Signals;
  readonly pools: Pools;
  readonly #connection: GuardedConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #problems: ConnectionProblems;
  readonly #streams: MeshStreams;
  readonly #keeper: StreamKeeper;
  readonly #settings: ConnectionSettings;
  readonly #stores: StoreSet<RecordLog, KeyValueStore>;
  readonly #publisher: JetStreamPublisher;
  readonly #confirmations: Confirmations;
  readonly #feeds = new Set<JetStreamFeed>();
  readonly #propagated = new PropagatedHeaders();
  #status: TransportStatus = 'connected';
  #isClosing = false;
  readonly #listeners = new Set<(status: TransportStatus) => void>();

  constructor({ connection, api, clock, mesh, problems, streams, settings }: TransportParts) {
    this.#connection = connection;
    this.#api = api;
    this.#clock = clock;
    this.mesh = mesh;
    this.#settings = settings;
    this.#confirmations = new Confirmations(connection, mesh);
    this.#problems = problems;
    this.#streams = streams;
    this.#keeper = new StreamKeeper(api, clock, systemRandom, problems, () => accountOf(connection));
    const suspect = (): void => this.#keeper.suspect();
    api.watchLosses(this.#keeper);
    this.#publisher = new JetStreamPublisher(connection, clock, suspect);
    this.signals = coreSignals(connection, clock, this.#propagated);
    const shared = { connection, api, clock, mesh, keeper: this.#keeper };
    this.pools = new PoolStreams({ ...shared, streams, propagated: this.#propagated });
    const publisher = this.#publisher;
    this.#stores = jetStreamStores({ ...shared, publisher, random: systemRandom, plans: streams.plans });
    this.#keeper.start();
    void this.#watch();
  }

  get problems(): readonly string[] {
    return this.#problems.sentences;
  }

  get isConnected(): boolean {
    return this.#status === 'connected' && !this.#connection.isClosed();
  }

  get describe(): string {
    // while the server is away, it is unknown which one will come back
    const version = this.#connection.info?.version;
    const which = version === undefined ? 'nats-server' : `nats-server ${version}`;
    return `${which} at ${this.#connection.getServer()}`;
  }

  log(name: LogName): RecordLog {
    return this.#stores.log(name);
  }

  bucket(name: BucketName): KeyValueStore {
    return this.#stores.bucket(name);
  }

  propagateHeaders(names: readonly string[]): void {
    this.#propagated.propagate(names);
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    this.#publisher.publish(publication, settle);
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    const confirming = { clock: this.#clock, random: systemRandom, withinMs: confirmWithinMs };
    const confirm = (): Promise<void> => retry(confirming, () => this.#confirmations.confirm(at));
    const consumer = await createConsumer(this.#api, this.mesh, at, confirm, this.#streams.room);
    const feed = new JetStreamFeed(
      this.#connection,
      this.#api,
      this.#clock,
      this.mesh,
      at,
      consumer,
      {
        deliver: (delivery) => sink.deliver(delivery),
        broken: (reason) => sink.broken(reason),
        ended: () => this.#feeds.delete(feed),
      },
      this.#propagated,
    );
    this.#feeds.add(feed);
    return feed;
  }

  confirm(at: FeedPlace): Promise<void> {
    return this.#confirmations.confirm(at);
  }

  reach(pool: string): Promise<void> {
    return this.#confirmations.reach(pool);
  }

  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat {
    return startHeartbeat(this.#settings, subject, failed);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#connection.isClosed()) return;
    this.#isClosing = true;
    this.#keeper.close();
    this.#api.connected();
    this.#publisher.close();
    await Promise.allSettled([...this.#feeds].map((feed) => feed.close()));
    this.#feeds.clear();
    await this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Follows the connection until it is closed; it never closes by itself, unless the library meets an unknown error. */
  async #watch(): Promise<void> {
    await watchConnection(this.#connection, this.#problems, {
      changed: (status) => this.#changed(status),
      refused: ({ operation, subject }) => {
        if (operation === 'publish') this.#publisher.refused(subject);
      },
    });
    if (this.#isClosing) return;
    const cause = await this.#connection.closed();
    const why = cause instanceof Error ? cause.message : 'for no reason that it says';
    this.#problems.report(
      'closed',
      `the NATS client has closed its connection for ever (${why}): restart this process`,
    );
    if (this.#status === 'connected') this.#changed('disconnected');
  }

  #changed(status: TransportStatus): void {
    this.#status = status;
    if (status === 'connected') {
      // the reconnected server may have lost its store
      this.#keeper.suspect();
      this.#api.connected();
      this.#publisher.connected();
    } else {
      this.#api.disconnected();
      this.#publisher.disconnected();
      const broken = [...this.#feeds];
      this.#feeds.clear();
      for (const feed of broken) feed.disconnected();
    }
    for (const listener of this.#listeners) listener(status);
  }
}

/** Returns the account as the server names it (`remote_account`, since 2.10). */
function accountOf(connection: GuardedConnection): string | undefined {
  const info = connection.info as { readonly remote_account?: string } | undefined;
  return info?.remote_account;
}
