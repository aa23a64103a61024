/**
 * How much a node may still put into a pool's stream, with brakes in stages, so that a full store can empty itself: clients
 * stop first, then agents' own sends; replies and control go on until the server itself says no. With one brake for all, agents
 * that ask in order to finish are refused while clients refill what they free.
 *
 * The store is asked once a second. Between two answers a node spends at most its share of the room that the last one showed.
 */
import { intentLimits } from '../core/intent.ts';
import type { PoolUsage } from '../transport/index.ts';

/** Who sends: clients are refused before agents. Replies are not asked about. */
export type Rank = 'client' | 'agent';

/** Part of the stream's bytes up to which each may fill it. */
const limits: Readonly<Record<Rank, number>> = Object.freeze({ client: 0.7, agent: 0.85 });
/** From here on nodes that send tell each other, in order to share what is left. */
const sharedFrom = 0.25;
/** Beside the payload: subject, headers, the store's own. */
const overheadBytes = 256;
/** Anybody may claim to be a node: so many names make a share small, not nothing. */
const mostSenders = 64;
/** A node that has not said for so long that it sends does not. */
const silentMs = 3_000;

export class StoreRoom {
  #usage: PoolUsage | undefined;
  #spent = 0;
  #spentSinceAsked = 0;
  /** Other nodes that send to this pool, and when that was heard last, monotonic. */
  readonly #senders = new Map<string, number>();

  /** What the store said last; `undefined` before its first answer. */
  get usage(): PoolUsage | undefined {
    return this.#usage;
  }

  /** 0 to 1; `undefined`: not known. 0 for a stream without a bound. */
  get fill(): number | undefined {
    if (this.#usage === undefined) return undefined;
    const { bytes, maxBytes } = this.#usage;
    return maxBytes > 0 ? bytes / maxBytes : 0;
  }

  /** Should other nodes know that this one sends? */
  get isShared(): boolean {
    return this.#spent > 0 && (this.fill ?? 0) >= sharedFrom;
  }

  /** Would it refuse one of them, were it the largest intent? */
  isFull(rank: Rank): boolean {
    if (this.#usage === undefined || this.#usage.maxBytes <= 0) return false;
    return this.#usage.maxBytes * limits[rank] - this.#usage.bytes < intentLimits.bytes + overheadBytes;
  }

  /** The store is being asked: its answer will not count what is sent from now on. */
  asked(): void {
    this.#spentSinceAsked = 0;
  }

  answered(usage: PoolUsage): void {
    this.#usage = usage;
    this.#spent = this.#spentSinceAsked;
  }

  /** Another node says that it sends. */
  heard(sender: string, now: number): void {
    this.#forgetSilent(now);
    if (this.#senders.has(sender) || this.#senders.size < mostSenders) this.#senders.set(sender, now);
  }

  /**
   * Takes room for one intent, if there is some. The first after each answer passes when it fits at all: a share smaller than
   * an intent must not be nothing for ever.
   */
  take(rank: Rank, payloadBytes: number, now: number): boolean {
    const bytes = payloadBytes + overheadBytes;
    if (!this.#fits(rank, bytes, now)) return false;
    this.#spent += bytes;
    this.#spentSinceAsked += bytes;
    return true;
  }

  #fits(rank: Rank, bytes: number, now: number): boolean {
    if (this.#usage === undefined || this.#usage.maxBytes <= 0) return true;
    const headroom = this.#usage.maxBytes * limits[rank] - this.#usage.bytes;
    if (this.#spent === 0) return bytes <= headroom;
    // looked at only where it matters
    if (this.#spent + bytes > headroom) return false;
    this.#forgetSilent(now);
    return this.#spent + bytes <= headroom / (1 + this.#senders.size);
  }

  #forgetSilent(now: number): void {
    for (const [sender, heardAt] of this.#senders) if (now - heardAt >= silentMs) this.#senders.delete(sender);
  }
}
