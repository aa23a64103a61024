/**
 * What takes nothing just now: mailboxes that their owner announced closed, and pools whose stream is nearly full. Announced
 * and heard over core NATS; an announcement that is not repeated is forgotten, so a dead owner closes nothing.
 */
import type { Clock, Timer } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { closedSubject } from '../core/subjects.ts';

/** The verbs of the transport that are needed here. */
export interface PoolSignals {
  readonly signals: {
    notify(subject: string, text: string): void;
    listen(subject: string, handler: (text: string) => void): () => void;
  };
  fill(pool: string): Promise<number>;
}

/** Repeated with the heartbeat of nodes. */
const announceMs = 500;
const forgetMs = 2_000;
const fillEveryMs = 1_000;
/** The rest of a stream is for replies and control, so that a full one can empty itself. */
const fullAt = 0.8;

interface Pool {
  readonly stopListening: () => void;
  full: boolean;
  /** Closed mailboxes, and when that was heard last. */
  readonly closed: Map<string, number>;
}

export class PoolWatch {
  readonly #mesh: string;
  readonly #transport: PoolSignals;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #pools = new Map<string, Pool>();
  /** Mailboxes of our own that are closed, by pool. */
  readonly #announced = new Map<string, Set<string>>();
  readonly #waiting = new Set<() => void>();
  #announce: Timer | undefined;
  #measure: Timer | undefined;
  #stopped = false;

  constructor(mesh: string, transport: PoolSignals, clock: Clock, log: Logger) {
    this.#mesh = mesh;
    this.#transport = transport;
    this.#clock = clock;
    this.#log = log;
  }

  /** After the stop nothing holds anybody back: the sender says that it is closed. */
  isClosed(pool: string, agent: string): boolean {
    if (this.#stopped) return false;
    const heardAt = this.#pool(pool).closed.get(agent);
    if (heardAt === undefined) return false;
    if (this.#clock.monotonic() - heardAt < forgetMs) return true;
    this.#pool(pool).closed.delete(agent);
    return false;
  }

  isFull(pool: string): boolean {
    return !this.#stopped && this.#pool(pool).full;
  }

  /** Resolves when a mailbox or a pool may take intents again, after a moment, or after `ms`. */
  changed(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.after(Math.min(ms, announceMs), () => done());
      const done = (): void => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  /** Our own mailbox is closed or open again. */
  announce(pool: string, agent: string, closed: boolean): void {
    if (this.#stopped) return;
    const ours = this.#announced.get(pool) ?? new Set();
    this.#announced.set(pool, ours);
    if (closed) ours.add(agent);
    else ours.delete(agent);
    this.#say(pool, closed ? [agent] : [], closed ? [] : [agent]);
    if (ours.size > 0) this.#announce ??= this.#clock.after(announceMs, () => this.#repeat());
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
    const pool: Pool = {
      stopListening: this.#transport.signals.listen(closedSubject(this.#mesh, name), (text) => this.#heard(name, text)),
      full: false,
      closed: new Map(),
    };
    this.#pools.set(name, pool);
    if (!this.#stopped) this.#measure ??= this.#clock.after(fillEveryMs, () => void this.#measureAll());
    return pool;
  }

  #say(pool: string, closed: readonly string[], open: readonly string[]): void {
    this.#transport.signals.notify(closedSubject(this.#mesh, pool), JSON.stringify({ v: 1, closed, open }));
  }

  #repeat(): void {
    this.#announce = undefined;
    for (const [pool, agents] of this.#announced) if (agents.size > 0) this.#say(pool, [...agents], []);
    if ([...this.#announced.values()].some((agents) => agents.size > 0)) {
      this.#announce = this.#clock.after(announceMs, () => this.#repeat());
    }
  }

  #heard(name: string, text: string): void {
    const { closed, open } = readAnnouncement(text);
    const pool = this.#pool(name);
    const now = this.#clock.monotonic();
    for (const agent of closed) pool.closed.set(agent, now);
    for (const agent of open) pool.closed.delete(agent);
    if (open.length > 0) this.#wake();
  }

  async #measureAll(): Promise<void> {
    for (const [name, pool] of this.#pools) {
      this.#forgetOld(pool);
      try {
        const full = (await this.#transport.fill(name)) >= fullAt;
        if (full !== pool.full)
          this.#log.warn({ pool: name, full }, full ? 'store nearly full' : 'store has room again');
        pool.full = full;
        if (!full) this.#wake();
      } catch (error) {
        this.#log.debug({ pool: name, reason: reasonOf(error) }, 'the size of the store could not be read');
      }
    }
    this.#measure = this.#stopped ? undefined : this.#clock.after(fillEveryMs, () => void this.#measureAll());
  }

  /** Anybody may announce any name: none is kept for longer than it counts. */
  #forgetOld({ closed }: Pool): void {
    const now = this.#clock.monotonic();
    for (const [agent, heardAt] of closed) if (now - heardAt >= forgetMs) closed.delete(agent);
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** Anybody on the connection may publish there: what is no announcement says nothing. */
function readAnnouncement(text: string): { readonly closed: readonly string[]; readonly open: readonly string[] } {
  try {
    const said = JSON.parse(text) as { closed?: unknown; open?: unknown } | null;
    return { closed: strings(said?.closed), open: strings(said?.open) };
  } catch {
    return { closed: [], open: [] };
  }
}

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
