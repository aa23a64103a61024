/**
 * Knows which mailboxes are announced closed, or which pools have a nearly full stream. Announcements use core NATS; one that
 * is not repeated expires, so a dead owner closes nothing.
 */
import type { Clock, Timer } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { closedSubject } from '../core/subjects.ts';
import type { Pools, PoolUsage } from '../transport/index.ts';
import { type Rank, StoreRoom } from './store-room.ts';

/** The transport methods that the monitor needs. */
export interface CongestionTransport {
  readonly signals: {
    notify(subject: string, text: string): void;
    listen(subject: string, handler: (text: string) => void): () => void;
  };
  readonly pools: Pick<Pools, 'usage'>;
}

export interface CongestionMonitorParts {
  readonly mesh: string;
  /** The id of this node, for other nodes. */
  readonly node: string;
  readonly transport: CongestionTransport;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with the store's answer; times are monotonic. */
  readonly measured: (pool: string, usage: PoolUsage, askedAt: number, answeredAt: number) => void;
}

/** Repeated at the interval of heartbeats. */
const announceMs = 500;
const forgetMs = 2_000;
const measureEveryMs = 1_000;

interface Pool {
  readonly stopListening: () => void;
  /** Closed mailboxes, each with the time of its last announcement. */
  readonly closed: Map<string, number>;
  readonly room: StoreRoom;
  /** Monotonic: since when the store has not reported its fill level. */
  silentSince: number | undefined;
  silence: string;
}

export class CongestionMonitor {
  readonly #parts: CongestionMonitorParts;
  readonly #pools = new Map<string, Pool>();
  /** This node's closed mailboxes, by pool. */
  readonly #announced = new Map<string, Set<string>>();
  readonly #waiting = new Set<() => void>();
  #announce: Timer | undefined;
  #measure: Timer | undefined;
  #stopped = false;

  constructor(parts: CongestionMonitorParts) {
    this.#parts = parts;
  }

  /** Tells whether the mailbox is closed. After `stop` it never is: the sender then fails with its own error. */
  isClosed(pool: string, agent: string): boolean {
    if (this.#stopped) return false;
    const heardAt = this.#pool(pool).closed.get(agent);
    if (heardAt === undefined) return false;
    if (this.#parts.clock.monotonic() - heardAt < forgetMs) return true;
    this.#pool(pool).closed.delete(agent);
    return false;
  }

  /** Takes room for one intent in the pool's stream. @returns whether there was room */
  takeRoom(pool: string, rank: Rank, payloadBytes: number): boolean {
    return this.#stopped || this.#pool(pool).room.take(rank, payloadBytes, this.#parts.clock.monotonic());
  }

  /** The room in the pool's stream, at most a second old; `undefined` while it is unknown. */
  roomOf(pool: string): StoreRoom | undefined {
    const { room, silentSince } = this.#pool(pool);
    return silentSince === undefined && room.usage !== undefined ? room : undefined;
  }

  /** How long the store has not reported the pool's fill level, with the reason. */
  silenceOf(pool: string): { readonly ms: number; readonly reason: string } | undefined {
    const { silentSince, silence } = this.#pool(pool);
    return silentSince === undefined ? undefined : { ms: this.#parts.clock.monotonic() - silentSince, reason: silence };
  }

  /**
   * Queries the store now, in addition to the query every second. Never rejects: if it gets no answer, the next query follows.
   */
  measure(pool: string): Promise<void> {
    return this.#ask(pool, this.#pool(pool));
  }

  /** Resolves when a mailbox or a pool may accept intents again, after a moment, or after `ms`. */
  changed(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(Math.min(ms, announceMs), () => done());
      const done = (): void => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  /** Announces that a mailbox of this node is closed or open. */
  announce(pool: string, agent: string, closed: boolean): void {
    if (this.#stopped) return;
    const ours = this.#announced.get(pool) ?? new Set();
    this.#announced.set(pool, ours);
    if (closed) ours.add(agent);
    else ours.delete(agent);
    this.#say(pool, { closed: closed ? [agent] : [], open: closed ? [] : [agent] });
    if (ours.size > 0) this.#announce ??= this.#parts.clock.after(announceMs, () => this.#repeat());
  }

  stop(): void {
    this.#stopped = true;
    this.#announce?.cancel();
    this.#measure?.cancel();
    for (const pool of this.#pools.values()) pool.stopListening();
    for (const done of [...this.#waiting]) done();
  }

  #pool(name: string): Pool {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const { mesh, transport, clock } = this.#parts;
    const pool: Pool = {
      stopListening: transport.signals.listen(closedSubject(mesh, name), (text) => this.#heard(name, text)),
      closed: new Map(),
      room: new StoreRoom(),
      silentSince: undefined,
      silence: '',
    };
    this.#pools.set(name, pool);
    if (this.#stopped) return pool;
    this.#measure ??= clock.after(measureEveryMs, () => void this.#measureAll());
    void this.#ask(name, pool);
    return pool;
  }

  #say(pool: string, what: Partial<Announcement>): void {
    const { mesh, transport } = this.#parts;
    transport.signals.notify(closedSubject(mesh, pool), JSON.stringify({ v: 1, closed: [], open: [], ...what }));
  }

  #repeat(): void {
    this.#announce = undefined;
    for (const [pool, agents] of this.#announced) if (agents.size > 0) this.#say(pool, { closed: [...agents] });
    if ([...this.#announced.values()].some((agents) => agents.size > 0)) {
      this.#announce = this.#parts.clock.after(announceMs, () => this.#repeat());
    }
  }

  #heard(name: string, text: string): void {
    const { closed, open, sender } = readAnnouncement(text);
    const pool = this.#pool(name);
    const now = this.#parts.clock.monotonic();
    for (const agent of closed) pool.closed.set(agent, now);
    for (const agent of open) pool.closed.delete(agent);
    if (sender !== undefined && sender !== this.#parts.node) pool.room.heard(sender, now);
    if (open.length > 0) this.#wake();
  }

  async #measureAll(): Promise<void> {
    for (const [name, pool] of this.#pools) {
      this.#forgetOld(pool);
      if (pool.room.isShared) this.#say(name, { sender: this.#parts.node });
      await this.#ask(name, pool);
    }
    this.#measure = this.#stopped ? undefined : this.#parts.clock.after(measureEveryMs, () => void this.#measureAll());
  }

  async #ask(name: string, pool: Pool): Promise<void> {
    const { transport, clock, log, measured } = this.#parts;
    const { room } = pool;
    const askedAt = clock.monotonic();
    room.asked();
    try {
      const usage = await transport.pools.usage(name);
      const wasFull = room.isFull('client');
      room.answered(usage);
      pool.silentSince = undefined;
      measured(name, usage, askedAt, clock.monotonic());
      const full = room.isFull('client');
      if (full !== wasFull)
        log.warn({ pool: name, fill: room.fill }, full ? 'store nearly full' : 'store has room again');
      this.#wake();
    } catch (error) {
      pool.silentSince ??= askedAt;
      pool.silence = reasonOf(error);
      log.debug({ pool: name, reason: pool.silence }, 'the size of the store could not be read');
    }
  }

  /** Drops expired announcements: a client may announce every name. */
  #forgetOld({ closed }: Pool): void {
    const now = this.#parts.clock.monotonic();
    for (const [agent, heardAt] of closed) if (now - heardAt >= forgetMs) closed.delete(agent);
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

interface Announcement {
  readonly closed: readonly string[];
  readonly open: readonly string[];
  /** The id of a node that sends to the pool while room is short. */
  readonly sender: string | undefined;
}

const silence: Announcement = Object.freeze({ closed: [], open: [], sender: undefined });

/** Reads an announcement; ignores a malformed one, since any client on the connection may publish there. */
function readAnnouncement(text: string): Announcement {
  try {
    const said = JSON.parse(text) as { closed?: unknown; open?: unknown; sender?: unknown } | null;
    const sender = typeof said?.sender === 'string' ? said.sender : undefined;
    return { closed: strings(said?.closed), open: strings(said?.open), sender };
  } catch {
    return silence;
  }
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
