/** The port's adapter for nats-server 2.12 and newer: composes publisher, feeds and registers on one connection. */

import { type Clock, fromIso, systemClock } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { checkMesh } from '../../core/ids.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import {
  archivePrefix,
  archiveStream,
  bucketPrefix,
  bucketStream,
  deadPrefix,
  deadStream,
  decisionPrefix,
  decisionStream,
  escalationPrefix,
  escalationStream,
  knowledgePrefix,
  knowledgeStream,
  mailboxStream,
  meshBucket,
  ownerPrefix,
  registryBucket,
  requestsBucket,
  sharedBucket,
  stateStream,
  workingBucket,
} from '../../core/subjects.ts';
import { CarriedHeaders } from '../carried-headers.ts';
import { PatientTransport } from '../patient-transport.ts';
import type {
  Feed,
  FeedPlace,
  FeedSink,
  LogName,
  PoolSettings,
  PoolUsage,
  RecordLog,
  Register,
  Signals,
  Transport,
  TransportStatus,
} from '../transport.ts';
import { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { openConnection, watchStatus } from './connection.ts';
import { type ConnectionSettings, withoutSecrets } from './connection-settings.ts';
import { createConsumer } from './consumers.ts';
import { JetStreamFeed } from './feed.ts';
import { fencedPublisher } from './fenced-publish.ts';
import { fetchLane } from './fetch.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { JetStreamPublisher } from './publisher.ts';
import { JetStreamLog } from './record-log.ts';
import { JetStreamRegister } from './register.ts';
import { coreSignals } from './signals.ts';
import {
  archiveConfig,
  constantsConfig,
  deadConfig,
  decisionsConfig,
  ensureStream,
  escalationsConfig,
  knowledgeConfig,
  mailboxConfig,
  registryConfig,
  requestsConfig,
  sharedConfig,
  stateConfig,
  workingConfig,
} from './streams.ts';

export interface JetStreamSettings extends Omit<ConnectionSettings, 'name'> {
  readonly mesh: string;
  readonly name?: string;
  /** Replicas of the mesh's own streams: 1, or 3 on a cluster. A pool's are in its settings. */
  readonly replicas?: number;
  readonly clock?: Clock;
  /**
   * When the server cannot be reached: `fail` (default) rejects, `wait` hands out a transport that connects in the background, for
   * a service that is to start without it. Also what a wrong password or an old server does is then said by `describe` only.
   */
  readonly whenAway?: 'fail' | 'wait';
}

/**
 * Connects, refuses servers that are too old or have no JetStream, and makes the mesh's own streams.
 * @throws TransportUnavailableError, ServerTooOldError, NoJetStreamError, StreamConflictError
 */
export async function connectJetStream(settings: JetStreamSettings): Promise<Transport> {
  const mesh = checkMesh(settings.mesh);
  const clock = settings.clock ?? systemClock;
  const connect = (): Promise<Transport> => connectNow(settings, mesh, clock);
  if (settings.whenAway !== 'wait') return connect();
  return new PatientTransport(`nats-server at ${withoutSecrets(settings.url)}`, clock, connect);
}

async function connectNow(settings: JetStreamSettings, mesh: string, clock: Clock): Promise<Transport> {
  const connection = await openConnection({ ...settings, name: settings.name ?? `parley ${mesh}` }, mesh);
  try {
    const api = new JetStreamApi(connection, clock);
    const replicas = settings.replicas ?? 1;
    const own = [
      stateConfig,
      archiveConfig,
      deadConfig,
      escalationsConfig,
      decisionsConfig,
      knowledgeConfig,
      sharedConfig,
      workingConfig,
      constantsConfig,
      registryConfig,
      requestsConfig,
    ];
    for (const config of own) await ensureStream(api, config(mesh, replicas));
    return new JetStreamTransport(connection, api, clock, mesh);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface PoolInfo {
  readonly config: { readonly max_bytes: number };
  readonly state: { readonly bytes: number; readonly messages: number };
  /** When the stream's leader wrote this, RFC 3339. */
  readonly ts: string;
}

/** What is asked every second is of no use later. */
const usageMs = 2_000;

class JetStreamTransport implements Transport {
  readonly constants: Register;
  readonly owners: Register;
  readonly registry: Register;
  readonly requests: Register;
  readonly shared: Register;
  readonly working: Register;
  readonly logs: Readonly<Record<LogName, RecordLog>>;
  readonly signals: Signals;
  readonly #connection: GuardedConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #mesh: string;
  readonly #publisher: JetStreamPublisher;
  readonly #feeds = new Set<JetStreamFeed>();
  readonly #carried = new CarriedHeaders();
  #status: TransportStatus = 'connected';
  readonly #listeners = new Set<(status: TransportStatus) => void>();

  constructor(connection: GuardedConnection, api: JetStreamApi, clock: Clock, mesh: string) {
    this.#connection = connection;
    this.#api = api;
    this.#clock = clock;
    this.#mesh = mesh;
    this.#publisher = new JetStreamPublisher(connection, clock);
    this.signals = coreSignals(connection, this.#carried);
    const fenced = fencedPublisher(connection, clock);
    const bucket = (name: string): Register =>
      new JetStreamRegister(api, fenced, bucketStream(name), bucketPrefix(name));
    this.constants = bucket(meshBucket(mesh));
    this.registry = bucket(registryBucket(mesh));
    this.requests = bucket(requestsBucket(mesh));
    this.shared = bucket(sharedBucket(mesh));
    this.working = bucket(workingBucket(mesh));
    this.owners = new JetStreamRegister(api, fenced, stateStream(mesh), ownerPrefix(mesh));
    this.logs = {
      archive: new JetStreamLog(connection, api, clock, archiveStream(mesh), archivePrefix(mesh)),
      dead: new JetStreamLog(connection, api, clock, deadStream(mesh), deadPrefix(mesh)),
      escalations: new JetStreamLog(connection, api, clock, escalationStream(mesh), escalationPrefix(mesh)),
      decisions: new JetStreamLog(connection, api, clock, decisionStream(mesh), decisionPrefix(mesh)),
      knowledge: new JetStreamLog(connection, api, clock, knowledgeStream(mesh), knowledgePrefix(mesh)),
    };
    void watchStatus(connection, (status) => this.#changed(status));
  }

  get isConnected(): boolean {
    return this.#status === 'connected' && !this.#connection.isClosed();
  }

  get describe(): string {
    // while it is away, nobody knows which one comes back
    const version = this.#connection.info?.version;
    const which = version === undefined ? 'nats-server' : `nats-server ${version}`;
    return `${which} at ${withoutSecrets(this.#connection.getServer())}`;
  }

  carry(names: readonly string[]): void {
    this.#carried.carry(names);
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    this.#publisher.publish(publication, settle);
  }

  async ensurePool(pool: PoolSettings): Promise<void> {
    await ensureStream(this.#api, mailboxConfig(this.#mesh, pool));
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    await createConsumer(this.#api, this.#mesh, at);
    const feed = new JetStreamFeed(
      this.#connection,
      this.#api,
      this.#clock,
      this.#mesh,
      at,
      {
        deliver: (delivery) => sink.deliver(delivery),
        broken: (reason) => sink.broken(reason),
        ended: () => this.#feeds.delete(feed),
      },
      this.#carried,
    );
    this.#feeds.add(feed);
    return feed;
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    const stream = mailboxStream(this.#mesh, pool);
    return fetchLane(this.#connection, this.#api, this.#clock, { stream, subject, seqs }, this.#carried);
  }

  async usage(pool: string): Promise<PoolUsage> {
    const { config, state, ts } = await this.#poolInfo(pool, usageMs);
    return {
      messages: state.messages,
      bytes: state.bytes,
      maxBytes: config.max_bytes,
      time: fromIso(ts) ?? Number.NaN,
    };
  }

  async backlog(pool: string): Promise<number> {
    return (await this.#poolInfo(pool)).state.messages;
  }

  #poolInfo(pool: string, deadlineMs?: number): Promise<PoolInfo> {
    return this.#api.request<PoolInfo>(apiSubject('STREAM.INFO', mailboxStream(this.#mesh, pool)), {}, deadlineMs);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#connection.isClosed()) return;
    this.#api.connected();
    this.#publisher.close();
    await Promise.allSettled([...this.#feeds].map((feed) => feed.close()));
    this.#feeds.clear();
    await this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #changed(status: TransportStatus): void {
    this.#status = status;
    if (status === 'connected') {
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
