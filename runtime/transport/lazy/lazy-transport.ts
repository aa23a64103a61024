/**
 * A transport that is handed out before its store can be reached: it connects in the background, again and again, and passes
 * everything on from then on. Until then publishes are `unavailable`, which their senders wait out, and questions wait.
 *
 * connecting ──connected──▶ the transport itself
 *     ├ close() ──▶ closed
 *     └ what waiting cannot cure ──▶ given up: every call rejects with it
 */
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep, within } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { systemRandom } from '../../core/random.ts';
import { ReasonLog } from '../../core/reason-log.ts';
import { checkPattern, checkQueue, checkSubject } from '../../core/subject-rules.ts';
import type {
  Feed,
  FeedPlace,
  FeedSink,
  Heartbeat,
  HeartbeatFields,
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
import { usualRecordBytes } from '../transport.ts';
import { TransportUnavailableError } from '../transport-errors.ts';

/** As long as a request to a store that was there and went away. */
const patienceMs = 15_000;

export interface LazySettings {
  readonly mesh: string;
  /** What it connects to, for people. */
  readonly name: string;
  readonly clock: Clock;
  /** Called with each new reason for waiting. */
  readonly say: (line: string) => void;
  readonly connect: () => Promise<Transport>;
}

export class LazyTransport implements Transport {
  readonly mesh: string;
  readonly meshConfig: KeyValueStore;
  readonly owners: KeyValueStore;
  readonly registry: KeyValueStore;
  readonly requests: KeyValueStore;
  readonly acts: KeyValueStore;
  readonly shared: KeyValueStore;
  readonly working: KeyValueStore;
  readonly logs: Readonly<Record<LogName, RecordLog>>;
  readonly secret: KeyValueStore;
  readonly signals: Signals;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  readonly #connect: () => Promise<Transport>;
  readonly #closing = new AbortController();
  readonly #connected: Promise<Transport>;
  /** What is to be done once it is connected. */
  readonly #later = new Set<(transport: Transport) => void>();
  #real: Transport | undefined;
  #why = 'not tried yet';
  /** Why it does not try any more. */
  #givenUp: Error | undefined;

  constructor({ mesh, name, clock, say, connect }: LazySettings) {
    this.mesh = mesh;
    this.#name = name;
    this.#clock = clock;
    this.#say = say;
    this.#connect = connect;
    this.#connected = this.#tryUntilConnected();
    this.#connected.catch(() => undefined);
    this.meshConfig = this.#register((transport) => transport.meshConfig);
    this.owners = this.#register((transport) => transport.owners);
    this.registry = this.#register((transport) => transport.registry);
    this.requests = this.#register((transport) => transport.requests);
    this.acts = this.#register((transport) => transport.acts);
    this.shared = this.#register((transport) => transport.shared);
    this.working = this.#register((transport) => transport.working);
    this.secret = this.#register((transport) => transport.secret);
    this.logs = {
      archive: this.#log('archive'),
      dead: this.#log('dead'),
      handled: this.#log('handled'),
      escalations: this.#log('escalations'),
      decisions: this.#log('decisions'),
      knowledge: this.#log('knowledge'),
    };
    this.signals = this.#signals();
  }

  get describe(): string {
    return this.#real?.describe ?? `${this.#name}, not reached yet: ${this.#why}`;
  }

  get isConnected(): boolean {
    return this.#real?.isConnected ?? false;
  }

  get problems(): readonly string[] {
    return this.#real?.problems ?? (this.#givenUp === undefined ? [] : [this.#givenUp.message]);
  }

  carry(names: readonly string[]): void {
    this.#onceConnected((transport) => {
      transport.carry(names);
      return () => undefined;
    });
  }

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    if (this.#real !== undefined) return this.#real.publish(publication, settle);
    const givenUp = this.#givenUp;
    queueMicrotask(() =>
      settle(
        givenUp === undefined
          ? { kind: 'unavailable', reason: 'not connected' }
          : { kind: 'rejected', code: 0, reason: givenUp.message },
      ),
    );
  }

  async strays(pool: string, partitions: number): Promise<readonly StrayPartition[]> {
    return (await this.#reached('looking for strays')).strays(pool, partitions);
  }

  async ensurePool(pool: PoolSettings): Promise<void> {
    await (await this.#reached('making a pool')).ensurePool(pool);
  }

  async openFeed(at: FeedPlace, sink: FeedSink): Promise<Feed> {
    return (await this.#reached('opening a partition')).openFeed(at, sink);
  }

  async confirm(at: FeedPlace): Promise<void> {
    await (await this.#reached('confirming a partition')).confirm(at);
  }

  async reach(pool: string): Promise<void> {
    await (await this.#reached('writing to the store')).reach(pool);
  }

  /** Nobody hears what is said before it is connected. */
  heartbeat(subject: string, failed: (reason: string) => void): Heartbeat {
    let real: Heartbeat | undefined;
    let said: HeartbeatFields | undefined;
    const forget = this.#onceConnected((transport) => {
      const started = transport.heartbeat(subject, failed);
      real = started;
      if (said !== undefined) started.say(said);
      return () => void started.stop();
    });
    return {
      say(fields) {
        said = fields;
        real?.say(fields);
      },
      contacted: (ageMs) => real?.contacted(ageMs),
      stop: async () => {
        if (real === undefined) forget();
        else await real.stop();
      },
    };
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    return (await this.#reached('reading a lane')).fetch(pool, subject, seqs);
  }

  async find(pool: string, seq: number): Promise<StoredMessage | undefined> {
    return (await this.#reached('reading a message')).find(pool, seq);
  }

  async usage(pool: string): Promise<PoolUsage> {
    return (await this.#reached('looking how full a pool is')).usage(pool);
  }

  async backlog(pool: string): Promise<number> {
    return (await this.#reached('counting what a pool holds')).backlog(pool);
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    return this.#onceConnected(
      (transport) => {
        const stop = transport.onStatus(listener);
        listener('connected');
        return stop;
      },
      (transport) => transport.onStatus(listener),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const real = await this.#connected.catch(() => undefined);
    await real?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #tryUntilConnected(): Promise<Transport> {
    const backoff = new Backoff(systemRandom);
    const reasons = new ReasonLog();
    for (;;) {
      try {
        const transport = await this.#connect();
        this.#real = transport;
        if (reasons.recovered()) this.#say(`connected to ${transport.describe}`);
        for (const act of this.#later) act(transport);
        this.#later.clear();
        return transport;
      } catch (error) {
        this.#why = reasonOf(error);
        if (error instanceof ParleyError && !error.retryable) {
          this.#givenUp = error;
          this.#say(`gives up on ${this.#name}: ${this.#why}`);
          throw error;
        }
        if (reasons.isNew(this.#why)) this.#say(`waiting for ${this.#name}: ${this.#why}`);
        await sleep(this.#clock, backoff.nextMs(), this.#closing.signal);
      }
    }
  }

  /** @throws TransportUnavailableError, and what waiting cannot cure */
  async #reached(what: string): Promise<Transport> {
    if (this.#real !== undefined) return this.#real;
    const closed = this.#connected.catch((error) => {
      if (this.#givenUp !== undefined) throw error;
      return undefined;
    });
    const transport = await within(this.#clock, patienceMs, closed);
    if (transport === undefined) throw new TransportUnavailableError(what, new Error(this.#why));
    return transport;
  }

  /** @param now how it is done when it is connected already. @returns the way to stop */
  #onceConnected(then: (transport: Transport) => () => void, now = then): () => void {
    if (this.#real !== undefined) return now(this.#real);
    let stop: () => void = () => void this.#later.delete(act);
    const act = (transport: Transport): void => {
      stop = then(transport);
    };
    this.#later.add(act);
    return () => stop();
  }

  #register(of: (transport: Transport) => KeyValueStore): KeyValueStore {
    const reached = async (key: string): Promise<KeyValueStore> => of(await this.#reached(`asking for "${key}"`));
    return {
      read: async (key) => (await reached(key)).read(key),
      write: async (key, value, expected) => (await reached(key)).write(key, value, expected),
      list: async (prefix) => (await reached(prefix)).list(prefix),
      remove: async (key) => (await reached(key)).remove(key),
    };
  }

  #log(name: LogName): RecordLog {
    const reached = async (): Promise<RecordLog> => (await this.#reached(`asking for "${name}"`)).logs[name];
    const known = (): RecordLog | undefined => this.#real?.logs[name];
    return {
      get maxBytes() {
        return known()?.maxBytes ?? usualRecordBytes;
      },
      append: async (record) => (await reached()).append(record),
      next: async (seq, key) => (await reached()).next(seq, key),
      latest: async (key) => (await reached()).latest(key),
      last: async () => (await reached()).last(),
    };
  }

  /** At most once: what is said while nobody can hear it is not said again. */
  #signals(): Signals {
    return {
      notify: (subject, text) => this.#real?.signals.notify(checkSubject(subject), text),
      // checked at once: what is refused only when it is connected would be refused to nobody
      listen: (pattern, handler) => {
        checkPattern(pattern);
        return this.#onceConnected((transport) => transport.signals.listen(pattern, handler));
      },
      serve: (pattern, queue, handler) => {
        checkPattern(pattern);
        checkQueue(queue);
        return this.#onceConnected((transport) => transport.signals.serve(pattern, queue, handler));
      },
      onForeignReply: (heard) => this.#onceConnected((transport) => transport.signals.onForeignReply(heard)),
      ask: async (subject, text, timeoutMs) => this.#real?.signals.ask(subject, text, timeoutMs),
    };
  }
}
