/** The port's adapter for the simulated store: one connection of one simulated process. */
import type { StoredMessage } from '../../core/delivery.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { CarriedHeaders } from '../carried-headers.ts';
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
import { TransportUnavailableError } from '../transport-errors.ts';
import type { SimulatedBroker } from './broker.ts';
import { Link } from './link.ts';
import { ProcessClock } from './process-clock.ts';
import { SimulatedPublisher } from './publisher.ts';
import { Requests } from './requests.ts';
import { SimulatedFeed } from './simulated-feed.ts';
import { SimulatedHeartbeat } from './simulated-heartbeat.ts';
import { simulatedKeyValueStore } from './simulated-key-value-store.ts';
import { simulatedLog } from './simulated-log.ts';
import { type ConnectionSignals, simulatedSignals } from './simulated-signals.ts';

/** A publish without an answer for so long is `unknown`; as in the JetStream adapter. */
const answerMs = 5_000;
const usageMs = 2_000;
/** One try: as in the JetStream adapter. */
const confirmMs = 2_000;

export class SimulatedTransport implements Transport {
  readonly describe: string;
  readonly mesh: string;
  /** The simulation refuses nothing. */
  readonly problems: readonly string[] = [];
  readonly meshConfig: KeyValueStore;
  readonly owners: KeyValueStore;
  readonly registry: KeyValueStore;
  readonly requests: KeyValueStore;
  readonly acts: KeyValueStore;
  readonly shared: KeyValueStore;
  readonly working: KeyValueStore;
  readonly secret: KeyValueStore;
  readonly logs: Readonly<Record<LogName, RecordLog>>;
  readonly #broker: SimulatedBroker;
  readonly #clock: ProcessClock;
  readonly #name: string;
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #carried = new CarriedHeaders();
  readonly #publisher: SimulatedPublisher;
  readonly #signals: ConnectionSignals;
  readonly #feeds = new Set<SimulatedFeed>();
  readonly #heartbeats = new Set<SimulatedHeartbeat>();
  readonly #listeners = new Set<(status: TransportStatus) => void>();
  #closed = false;
  #closing: Promise<void> | undefined;
  #dead = false;

  /** @param clock the one that the rest of its process runs on, so that `kill` stops all of it */
  constructor(
    broker: SimulatedBroker,
    clock: ProcessClock = new ProcessClock(broker.clock),
    publishAnswerMs: number = answerMs,
  ) {
    this.#broker = broker;
    this.mesh = broker.mesh;
    this.#clock = clock;
    this.#name = broker.nextConnection();
    this.describe = `simulated store, connection ${this.#name}`;
    this.#link = new Link(broker.clock, broker.faults, () => this.disconnect());
    broker.links.add(this.#link);
    this.#requests = new Requests(clock, broker.faults, this.#link);
    this.#publisher = new SimulatedPublisher(broker, clock, this.#link, publishAnswerMs);
    this.#signals = simulatedSignals(broker, clock, this.#link);
    this.meshConfig = simulatedKeyValueStore(broker, 'meshConfig', this.#requests, this.#name);
    this.owners = simulatedKeyValueStore(broker, 'owners', this.#requests, this.#name);
    this.registry = simulatedKeyValueStore(broker, 'registry', this.#requests, this.#name);
    this.requests = simulatedKeyValueStore(broker, 'requests', this.#requests, this.#name);
    this.acts = simulatedKeyValueStore(broker, 'acts', this.#requests, this.#name);
    this.shared = simulatedKeyValueStore(broker, 'shared', this.#requests, this.#name);
    this.working = simulatedKeyValueStore(broker, 'working', this.#requests, this.#name);
    this.secret = simulatedKeyValueStore(broker, 'secret', this.#requests, this.#name);
    this.logs = {
      archive: simulatedLog(broker, 'archive', this.#requests),
      dead: simulatedLog(broker, 'dead', this.#requests),
      handled: simulatedLog(broker, 'handled', this.#requests),
      escalations: simulatedLog(broker, 'escalations', this.#requests),
      decisions: simulatedLog(broker, 'decisions', this.#requests),
      knowledge: simulatedLog(broker, 'knowledge', this.#requests),
    };
  }

  get isConnected(): boolean {
    return !this.#closed && this.#link.up;
  }

  get signals(): Signals {
    return this.#signals;
  }

  carry(names: readonly string[]): void {
    this.#carried.carry(names);
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    if (!this.#dead) this.#publisher.publish(publication, settle);
  }

  async ensurePool(pool: PoolSettings): Promise<void> {
    await this.#requests.ask(`making pool "${pool.pool}"`, () => this.#broker.ensurePool(pool));
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    const what = `opening ${at.pool} ${at.partition} ${at.epoch}`;
    const consumer = await this.#requests.ask(what, () => this.#broker.openConsumer(this.#name, at));
    if (this.#closed) throw new TransportUnavailableError(what);
    const connection = { broker: this.#broker, clock: this.#clock, link: this.#link, requests: this.#requests };
    const carrying: FeedSink = {
      deliver: (delivery) => sink.deliver(this.#withCarried(delivery)),
      broken: (reason) => sink.broken(reason),
    };
    const forget = (): void => void this.#feeds.delete(feed);
    const feed: SimulatedFeed = new SimulatedFeed(connection, consumer, at, carrying, forget);
    this.#feeds.add(feed);
    return feed;
  }

  confirm(at: FeedPlace): Promise<void> {
    const what = `confirming ${at.pool} ${at.partition} ${at.epoch}`;
    return this.#requests.ask(what, () => this.#broker.confirm(at), confirmMs);
  }

  reach(pool: string): Promise<void> {
    return this.#requests.ask(`reaching the store of "${pool}"`, () => undefined, confirmMs);
  }

  heartbeat(subject: string): Heartbeat {
    // a connection of its own: what holds this one back does not hold it back
    const send = (text: string): void => {
      if (this.#link.up) this.#broker.switchboard.send(subject, text);
    };
    const heartbeat: SimulatedHeartbeat = new SimulatedHeartbeat(this.#broker.clock, send, () => {
      this.#heartbeats.delete(heartbeat);
    });
    this.#heartbeats.add(heartbeat);
    return heartbeat;
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    const read = (): readonly StoredMessage[] => this.#broker.pool(pool).read(subject, seqs);
    return (await this.#requests.ask(`reading "${subject}"`, read)).map((message) => this.#withCarried(message));
  }

  async find(pool: string, seq: number): Promise<StoredMessage | undefined> {
    const found = await this.#requests.ask(`reading ${seq} of ${pool}`, () => this.#broker.pool(pool).find(seq));
    return found === undefined ? undefined : this.#withCarried(found);
  }

  async usage(pool: string): Promise<PoolUsage> {
    return this.#requests.ask(`looking how full "${pool}" is`, () => this.#broker.pool(pool).usage, usageMs);
  }

  async strays(pool: string, partitions: number): Promise<readonly StrayPartition[]> {
    return this.#requests.ask(`looking for strays of "${pool}"`, () => this.#broker.pool(pool).strays(partitions));
  }

  async backlog(pool: string): Promise<number> {
    return this.#requests.ask(`counting what "${pool}" holds`, () => this.#broker.pool(pool).messages);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes the connection away: everything in flight is lost both ways. It comes back after `outageMs`. */
  disconnect(outageMs: number = this.#broker.faults.outageMs()): void {
    if (this.#closed || !this.#link.up) return;
    this.#broker.note('disconnect', this.#name);
    this.#link.cut();
    this.#publisher.lose('connection lost');
    for (const feed of [...this.#feeds]) feed.disconnected();
    this.#tell('disconnected');
    this.#broker.clock.after(outageMs, () => this.#reconnect());
  }

  /** The process is stopped (SIGSTOP): its timers and threads stand still, what is sent to it waits in its socket. */
  freeze(): void {
    this.#broker.note('freeze', this.#name);
    this.#link.freeze();
    this.#clock.freeze();
    for (const heartbeat of this.#heartbeats) heartbeat.frozen = true;
  }

  /** It goes on (SIGCONT): it reads its socket before any timer fires. */
  thaw(): void {
    this.#broker.note('thaw', this.#name);
    for (const heartbeat of this.#heartbeats) heartbeat.frozen = false;
    this.#link.thaw();
    this.#clock.thaw();
  }

  /** Its main loop is busy: everything stands still but its heartbeats, until `thaw`. */
  keepBusy(): void {
    this.#broker.note('busy', this.#name);
    this.#link.freeze();
    this.#clock.freeze();
  }

  /** The process dies (SIGKILL): its timers stop, what is on its way is lost, nobody is told, its consumers stay. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#closed = true;
    this.#broker.note('kill', this.#name);
    this.#clock.kill();
    for (const feed of this.#feeds) feed.forget();
    for (const heartbeat of [...this.#heartbeats]) heartbeat.end();
    this.#listeners.clear();
    this.#cutForGood();
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#publisher.close();
    for (const heartbeat of [...this.#heartbeats]) heartbeat.end();
    await Promise.allSettled([...this.#feeds].map((feed) => feed.close()));
    this.#requests.close();
    this.#broker.note('close', this.#name);
    this.#cutForGood();
  }

  #cutForGood(): void {
    this.#signals.close();
    this.#link.cut();
    this.#broker.links.delete(this.#link);
  }

  #withCarried<T extends StoredMessage>(message: T): T {
    return { ...message, headers: this.#carried.pick(message, ({ headers }, name) => headers?.[name] ?? '') };
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.#broker.note('connect', this.#name);
    this.#link.restore();
    this.#tell('connected');
  }

  #tell(status: TransportStatus): void {
    for (const listener of [...this.#listeners]) listener(status);
  }
}
