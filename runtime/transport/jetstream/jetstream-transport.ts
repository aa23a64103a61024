/** The port's adapter for nats-server 2.12 and newer: composes publisher, feeds and registers on one connection. */

import { type Clock, fromIso, systemClock } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { checkMesh } from '../../core/ids.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { systemRandom } from '../../core/random.ts';
import { retry } from '../../core/retry.ts';
import {
  actsBucket,
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
  handledPrefix,
  handledStream,
  knowledgePrefix,
  knowledgeStream,
  mailboxStream,
  meshBucket,
  ownerPrefix,
  registryBucket,
  requestsBucket,
  secretBucket,
  sharedBucket,
  stateStream,
  workingBucket,
} from '../../core/subjects.ts';
import { CarriedHeaders } from '../carried-headers.ts';
import { LazyTransport } from '../lazy/lazy-transport.ts';
import type {
  Feed,
  FeedPlace,
  FeedSink,
  Heartbeat,
  KeyValueStore,
  LogName,
  PoolSettings,
  PoolUsage,
  RecordLog,
  Signals,
  StrayPartition,
  Transport,
  TransportStatus,
} from '../transport.ts';
import { checkConsumers } from './account.ts';
import { JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { Confirmations } from './confirmation.ts';
import { openConnection, watchConnection } from './connection.ts';
import { ConnectionProblems } from './connection-problems.ts';
import { type ConnectionSettings, withoutSecrets } from './connection-settings.ts';
import { createConsumer } from './consumers.ts';
import { ensureStream } from './ensure-stream.ts';
import { JetStreamFeed } from './feed.ts';
import { fencedPublisher } from './fenced-publish.ts';
import { askLeader, fetchLane } from './fetch.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { startHeartbeat } from './heartbeat.ts';
import { JetStreamKeyValueStore } from './jetstream-key-value-store.ts';
import { JetStreamLog } from './jetstream-log.ts';
import { checkReplicas, findMesh, type MeshStreams, makeMesh } from './mesh-streams.ts';
import { JetStreamPublisher } from './publisher.ts';
import { RememberedKeyValueStore } from './remembered-key-value-store.ts';
import { coreSignals } from './signals.ts';
import { findStrays } from './strays.ts';
import { StreamKeeper } from './stream-keeper.ts';
import type { SizedStream } from './stream-sizes.ts';
import { mailboxPlan } from './streams.ts';

export interface JetStreamSettings extends Omit<ConnectionSettings, 'name'> {
  readonly mesh: string;
  readonly name?: string;
  /**
   * Replicas of the mesh's own streams: 1, or 3 on a cluster. A pool's are in its settings. Leave it out to take what the mesh has;
   * a new one gets 1.
   */
  readonly replicas?: number;
  readonly clock?: Clock;
  /**
   * When the server cannot be reached: `fail` (default) rejects, `wait` hands out a transport that connects in the background, for
   * a service that is to start without it. What waiting cannot cure (a wrong password, an old server, a full disk, settings that
   * differ) ends that: from then on every call rejects with it.
   */
  readonly whenUnavailable?: 'fail' | 'wait';
  /** Called with each new reason for waiting, and each new problem of the connection; by default they go to standard error. */
  readonly say?: (line: string) => void;
}

/**
 * Connects, refuses servers that are too old or have no JetStream, and makes the mesh's own streams.
 * @throws TransportUnavailableError, ServerTooOldError, NoJetStreamError, StreamConflictError
 */
export async function connectJetStream(settings: JetStreamSettings): Promise<Transport> {
  const mesh = checkMesh(settings.mesh);
  const clock = settings.clock ?? systemClock;
  const say = settings.say ?? sayOnStandardError;
  const connect = (): Promise<Transport> => connectNow(settings, mesh, clock, say);
  if (settings.whenUnavailable !== 'wait') return connect();
  return new LazyTransport({ mesh, name: `nats-server at ${withoutSecrets(settings.url)}`, clock, say, connect });
}

const sayOnStandardError = (line: string): void => void process.stderr.write(`parley: ${line}\n`);

async function connectNow(
  settings: JetStreamSettings,
  mesh: string,
  clock: Clock,
  say: (line: string) => void,
): Promise<Transport> {
  const problems = new ConnectionProblems(clock, say);
  const named = { ...settings, name: settings.name ?? `parley ${mesh}` };
  const connection = await openConnection(named, { mesh, problems });
  try {
    const api = new JetStreamApi(connection, clock);
    const version = connection.info?.version ?? '0';
    const found = await findMesh(api, { mesh, version, replicas: settings.replicas });
    const streams = await makeMesh(api, found);
    return new JetStreamTransport({ connection, api, clock, mesh, problems, streams, settings: named });
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
/** Of the epoch, while consumers of others are deleted for it; as a claim has it. */
const confirmWithinMs = 15_000;

interface TransportParts {
  readonly connection: GuardedConnection;
  readonly api: JetStreamApi;
  readonly clock: Clock;
  readonly mesh: string;
  readonly problems: ConnectionProblems;
  readonly streams: MeshStreams;
  readonly settings: ConnectionSettings;
}

class JetStreamTransport implements Transport {
  readonly mesh: string;
  readonly meshConfig: KeyValueStore;
  readonly owners: KeyValueStore;
  readonly registry: KeyValueStore;
  readonly requests: KeyValueStore;
  readonly acts: KeyValueStore;
  readonly shared: KeyValueStore;
  readonly working: KeyValueStore;
  readonly secret: KeyValueStore;
  readonly logs: Readonly<Record<LogName, RecordLog>>;
  readonly signals: Signals;
  readonly #connection: GuardedConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #mesh: string;
  readonly #problems: ConnectionProblems;
  readonly #streams: MeshStreams;
  readonly #keeper: StreamKeeper;
  readonly #settings: ConnectionSettings;
  readonly #publisher: JetStreamPublisher;
  readonly #confirmations: Confirmations;
  readonly #feeds = new Set<JetStreamFeed>();
  readonly #carried = new CarriedHeaders();
  #status: TransportStatus = 'connected';
  #isClosing = false;
  readonly #listeners = new Set<(status: TransportStatus) => void>();

  constructor({ connection, api, clock, mesh, problems, streams, settings }: TransportParts) {
    this.#connection = connection;
    this.#api = api;
    this.#clock = clock;
    this.#mesh = mesh;
    this.mesh = mesh;
    this.#settings = settings;
    this.#confirmations = new Confirmations(connection, mesh);
    this.#problems = problems;
    this.#streams = streams;
    this.#keeper = new StreamKeeper(api, clock, systemRandom, problems, () => accountOf(connection));
    const suspect = (): void => this.#keeper.suspect();
    api.watchLosses(this.#keeper);
    this.#publisher = new JetStreamPublisher(connection, clock, suspect);
    this.signals = coreSignals(connection, clock, this.#carried);
    const fenced = fencedPublisher(connection, clock, suspect);
    const bucket = (name: string): KeyValueStore =>
      new JetStreamKeyValueStore(api, fenced, bucketStream(name), bucketPrefix(name));
    const constants = new RememberedKeyValueStore(bucket(meshBucket(mesh)));
    this.meshConfig = constants;
    this.registry = bucket(registryBucket(mesh));
    this.requests = bucket(requestsBucket(mesh));
    this.acts = bucket(actsBucket(mesh));
    this.shared = bucket(sharedBucket(mesh));
    this.working = bucket(workingBucket(mesh));
    const secret = new RememberedKeyValueStore(bucket(secretBucket(mesh)));
    this.secret = secret;
    this.owners = new JetStreamKeyValueStore(api, fenced, stateStream(mesh), ownerPrefix(mesh));
    const log = (stream: string, prefix: string): RecordLog =>
      new JetStreamLog(connection, api, clock, systemRandom, stream, prefix);
    this.logs = {
      archive: log(archiveStream(mesh), archivePrefix(mesh)),
      dead: log(deadStream(mesh), deadPrefix(mesh)),
      handled: log(handledStream(mesh), handledPrefix(mesh)),
      escalations: log(escalationStream(mesh), escalationPrefix(mesh)),
      decisions: log(decisionStream(mesh), decisionPrefix(mesh)),
      knowledge: log(knowledgeStream(mesh), knowledgePrefix(mesh)),
    };
    const remembered: Partial<Record<SizedStream, RememberedKeyValueStore>> = { constants, secret };
    for (const plan of streams.plans) {
      const kept = { plan, mayShrink: true };
      const entries = remembered[plan.size];
      this.#keeper.keep(entries === undefined ? kept : { ...kept, restore: () => entries.restore() });
    }
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
    // while it is away, nobody knows which one comes back
    const version = this.#connection.info?.version;
    const which = version === undefined ? 'nats-server' : `nats-server ${version}`;
    return `${which} at ${this.#connection.getServer()}`;
  }

  carry(names: readonly string[]): void {
    this.#carried.carry(names);
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    this.#publisher.publish(publication, settle);
  }

  async ensurePool(pool: PoolSettings): Promise<void> {
    const { making, room } = this.#streams;
    const plan = mailboxPlan(this.#mesh, pool, making);
    checkReplicas(this.#connection.info?.version ?? '0', Number(plan.config.num_replicas));
    checkConsumers(room, pool.partitions);
    const mayShrink = pool.given?.includes('maxBytes') === false;
    await ensureStream(this.#api, plan, mayShrink);
    this.#keeper.keep({ plan, mayShrink });
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    const confirming = { clock: this.#clock, random: systemRandom, withinMs: confirmWithinMs };
    const confirm = (): Promise<void> => retry(confirming, () => this.#confirmations.confirm(at));
    const consumer = await createConsumer(this.#api, this.#mesh, at, confirm, this.#streams.room);
    const feed = new JetStreamFeed(
      this.#connection,
      this.#api,
      this.#clock,
      this.#mesh,
      at,
      consumer,
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

  confirm(at: FeedPlace): Promise<void> {
    return this.#confirmations.confirm(at);
  }

  reach(pool: string): Promise<void> {
    return this.#confirmations.reach(pool);
  }

  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat {
    return startHeartbeat(this.#settings, subject, failed);
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    const stream = mailboxStream(this.#mesh, pool);
    return fetchLane(this.#connection, this.#api, this.#clock, { stream, subject, seqs }, this.#carried);
  }

  async find(pool: string, seq: number): Promise<StoredMessage | undefined> {
    return askLeader(this.#api, mailboxStream(this.#mesh, pool), seq);
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

  async strays(pool: string, partitions: number): Promise<readonly StrayPartition[]> {
    return findStrays(this.#api, this.#mesh, pool, partitions);
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

  /** Until the connection is closed; by itself it never is, unless the library meets what it does not know. */
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
      // the server that is back may have lost its store
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

/** As the server names it (`remote_account`, since 2.10); an older one does not. */
function accountOf(connection: GuardedConnection): string | undefined {
  const info = connection.info as { readonly remote_account?: string } | undefined;
  return info?.remote_account;
}
