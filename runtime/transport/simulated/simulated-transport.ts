/** The port's adapter for the simulated store: one connection of one simulated process. */
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import type { BucketName, LogName } from '../../core/stores.ts';
import type { Feed, FeedPlace, FeedSink } from '../feed.ts';
import type { Heartbeat } from '../heartbeat.ts';
import type { KeyValueStore } from '../key-value-store.ts';
import { PropagatedHeaders } from '../propagated-headers.ts';
import type { RecordLog } from '../record-log.ts';
import type { Signals } from '../signals.ts';
import { StoreSet } from '../store-set.ts';
import type { Transport, TransportStatus } from '../transport.ts';
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
import { SimulatedPools } from './simulated-pools.ts';
import { type ConnectionSignals, simulatedSignals } from './simulated-signals.ts';

/** The time without an answer after which a publish is `unknown`, as in the JetStream adapter. */
const answerMs = 5_000;
/** The deadline of one attempt, as in the JetStream adapter. */
const confirmMs = 2_000;

export class SimulatedTransport implements Transport {
  readonly describe: string;
  readonly mesh: string;
  /** The simulation refuses nothing. */
  readonly problems: readonly string[] = [];
  readonly pools: SimulatedPools;
  readonly #broker: SimulatedBroker;
  readonly #clock: ProcessClock;
  readonly #name: string;
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #propagated = new PropagatedHeaders();
  readonly #stores: StoreSet<RecordLog, KeyValueStore>;
  readonly #publisher: SimulatedPublisher;
  readonly #signals: ConnectionSignals;
  readonly #feeds = new Set<SimulatedFeed>();
  readonly #heartbeats = new Set<SimulatedHeartbeat>();
  readonly #listeners = new Set<(status: TransportStatus) => void>();
  #closed = false;
  #closing: Promise<void> | undefined;
  #dead = false;

  /** @param clock the clock of the whole process, so that `kill` stops all of it */
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
    this.pools = new SimulatedPools(broker, this.#requests, this.#propagated);
    this.#stores = new StoreSet(
      (name) => simulatedLog(broker, name, this.#requests),
      (name) => simulatedKeyValueStore(broker, name, this.#requests, this.#name),
    );
  }

  get isConnected(): boolean {
    return !this.#closed && this.#link.up;
  }

  get signals(): Signals {
    return this.#signals;
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
    if (!this.#dead) this.#publisher.publish(publication, settle);
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    const what = `opening ${at.pool} ${at.partition} ${at.epoch}`;
    const consumer = await this.#requests.ask(what, () => this.#broker.openConsumer(this.#name, at));
    if (this.#closed) throw new TransportUnavailableError(what);
    const connection = { broker: this.#broker, clock: this.#clock, link: this.#link, requests: this.#requests };
    const carrying: FeedSink = {
      deliver: (delivery) => sink.deliver(this.pools.withPropagated(delivery)),
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
    // the heartbeat has its own connection, which delays of this one do not affect
    const send = (text: string): void => {
      if (this.#link.up) this.#broker.switchboard.send(subject, text);
    };
    const heartbeat: SimulatedHeartbeat = new SimulatedHeartbeat(this.#broker.clock, send, () => {
      this.#heartbeats.delete(heartbeat);
    });
    this.#heartbeats.add(heartbeat);
    return heartbeat;
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Cuts the connection: everything in transit is lost. It comes back after `outageMs`. */
  disconnect(outageMs: number = this.#broker.faults.outageMs()): void {
    if (this.#closed || !this.#link.up) return;
    this.#broker.note('disconnect', this.#name);
    this.#link.cut();
    this.#publisher.lose('connection lost');
    for (const feed of [...this.#feeds]) feed.disconnected();
    this.#tell('disconnected');
    this.#broker.clock.after(outageMs, () => this.#reconnect());
  }

  /** Stops the process (SIGSTOP): its timers and threads stand still, messages to it wait in its socket. */
  freeze(): void {
    this.#broker.note('freeze', this.#name);
    this.#link.freeze();
    this.#clock.freeze();
    for (const heartbeat of this.#heartbeats) heartbeat.frozen = true;
  }

  /** Resumes the process (SIGCONT): it reads its socket before any timer fires. */
  thaw(): void {
    this.#broker.note('thaw', this.#name);
    for (const heartbeat of this.#heartbeats) heartbeat.frozen = false;
    this.#link.thaw();
    this.#clock.thaw();
  }

  /** Blocks the main loop: everything but the heartbeat stands still until `thaw`. */
  keepBusy(): void {
    this.#broker.note('busy', this.#name);
    this.#link.freeze();
    this.#clock.freeze();
  }

  /** Kills the process (SIGKILL): its timers stop, messages in transit are lost, no event is raised, its consumers stay. */
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
