/**
 * Limits how much a node may put into a pool's stream, in stages, so that a full store can empty itself. Clients are refused
 * first, then agents' own sends; replies and control pass until the server itself refuses them. With one limit for all, agents
 * that must ask in order to finish would be refused, while clients fill the space that they free.
 *
 * The node queries the store once a second. Between two answers a node uses at most its share of the room in the last answer.
 */
import { intentLimits } from '../core/intent.ts';
import type { PoolUsage } from '../transport/index.ts';

/** The rank of a sender: clients are refused before agents. Replies have no rank and are never refused here. */
export type Rank = 'client' | 'agent';

/** Share of the stream's bytes up to which each rank may fill it. */
const limits: Readonly<Record<Rank, number>> = Object.freeze({ client: 0.7, agent: 0.85 });
/** From this fill level on, sending nodes announce themselves to share the remaining room. */
const sharedFrom = 0.25;
/** Bytes beside the payload: subject, headers, the store's own. */
const overheadBytes = 256;
/** Any client may claim to be a node: this many names make a share small, but not zero. */
const mostSenders = 64;
/** A node that has not announced itself for this long is not sending. */
const silentMs = 3_000;

export class StoreRoom {
  #usage: PoolUsage | undefined;
  #spent = 0;
  #spentSinceAsked = 0;
  /** Other nodes that send to this pool, each with its last announcement, monotonic. */
  readonly #senders = new Map<string, number>();

  /** The store's last answer; `undefined` before the first. */
  get usage(): PoolUsage | undefined {
    return this.#usage;
  }

  /** 0 to 1; `undefined`: unknown. 0 for a stream without a limit. */
  get fill(): number | undefined {
    if (this.#usage === undefined) return undefined;
    const { bytes, maxBytes } = this.#usage;
    return maxBytes > 0 ? bytes / maxBytes : 0;
  }

  /** Should this node announce that it sends? */
  get isShared(): boolean {
    return this.#spent > 0 && (this.fill ?? 0) >= sharedFrom;
  }

  /** Would an intent of maximum size be refused at this rank? */
  isFull(rank: Rank): boolean {
    if (this.#usage === undefined || this.#usage.maxBytes <= 0) return false;
    return this.#usage.maxBytes * limits[rank] - this.#usage.bytes < intentLimits.bytes + overheadBytes;
  }

  /** Notes that the store is being queried: its answer will not include later sends. */
  asked(): void {
    this.#spentSinceAsked = 0;
  }

  answered(usage: PoolUsage): void {
    this.#usage = usage;
    this.#spent = this.#spentSinceAsked;
  }

  /** Records another node's announcement that it sends. */
  heard(sender: string, now: number): void {
    this.#forgetSilent(now);
    if (this.#senders.has(sender) || this.#senders.size < mostSenders) this.#senders.set(sender, now);
  }

  /**
   * Takes room for one intent, if there is some. The first intent after each answer passes if it fits at all: a share smaller
   * than an intent must not block forever.
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
    // checked only where it matters
    if (this.#spent + bytes > headroom) return false;
    this.#forgetSilent(now);
    return this.#spent + bytes <= headroom / (1 + this.#senders.size);
  }

  #forgetSilent(now: number): void {
    for (const [sender, heardAt] of this.#senders) if (now - heardAt >= silentMs) this.#senders.delete(sender);
  }
}
