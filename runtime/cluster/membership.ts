/**
 * Judges from heartbeats which nodes of a pool are alive. A node is dead when no heartbeat has come for 3 s, or when its
 * heartbeat thread reports that the main loop had no contact with the store for 12 s. Only time in which the judge itself had
 * contact counts: after an outage of the servers every node waits for one TTL, and an election does not look like a death.
 *
 * Pure: every call passes the judge's monotonic time.
 */
import { contactLostMs, contactTtlMs } from './contact-limits.ts';

export type NodeState = 'standby' | 'serving' | 'draining' | 'left';

export interface Beat {
  readonly node: string;
  readonly state: NodeState;
  /** Age of its main loop's last contact. */
  readonly contactMs: number;
}

interface Peer {
  readonly state: NodeState;
  readonly heardAt: number;
  /** When its main loop last had contact, by the judge's time. */
  readonly contactAt: number;
}

/** `unknown`: not judged for long enough, or the judge itself has no contact. */
export type Verdict = 'alive' | 'dead' | 'unknown';

/** Any client may publish heartbeats under invented names. */
const mostPeers = 256;
const forgetMs = 60_000;

export class Membership {
  readonly #peers = new Map<string, Peer>();
  #contactAt = Number.NEGATIVE_INFINITY;
  /** Since when the judge has had uninterrupted contact. */
  #contactSince = Number.POSITIVE_INFINITY;

  /** Records a heartbeat. */
  heard({ node, state, contactMs }: Beat, now: number): void {
    if (!this.#peers.has(node) && this.#peers.size >= mostPeers) this.#forgetOld(now);
    if (!this.#peers.has(node) && this.#peers.size >= mostPeers) return;
    this.#peers.set(node, { state, heardAt: now, contactAt: now - contactMs });
  }

  /** Records the judge's own proof of contact, by the time it was sent. */
  contacted(sentAt: number, now: number): void {
    if (sentAt - this.#contactAt > contactTtlMs) this.#contactSince = now;
    this.#contactAt = Math.max(this.#contactAt, sentAt);
  }

  /** Tells whether the judge had contact within the TTL. */
  hasContact(now: number): boolean {
    return now - this.#contactAt <= contactTtlMs;
  }

  hasHeard(node: string): boolean {
    return this.#peers.has(node);
  }

  verdict(node: string, now: number): Verdict {
    if (!this.hasContact(now)) return 'unknown';
    const peer = this.#peers.get(node);
    if (peer?.state === 'left') return 'dead';
    const silentSince = Math.max(peer?.heardAt ?? Number.NEGATIVE_INFINITY, this.#contactSince);
    if (now - silentSince >= contactTtlMs) return 'dead';
    if (peer === undefined) return 'unknown';
    const staleSince = Math.max(peer.contactAt, this.#contactSince);
    return now - staleSince >= contactLostMs ? 'dead' : 'alive';
  }

  /** The order in which standby nodes claim: by age, which is the order of ids. From 0. */
  rank(node: string, now: number): number {
    let before = 0;
    for (const [other, { state }] of this.#peers) {
      if (state === 'standby' && other < node && this.verdict(other, now) === 'alive') before++;
    }
    return before;
  }

  #forgetOld(now: number): void {
    for (const [node, { heardAt }] of this.#peers) if (now - heardAt >= forgetMs) this.#peers.delete(node);
  }
}

const states: ReadonlySet<unknown> = new Set<NodeState>(['standby', 'serving', 'draining', 'left']);

/** Reads a heartbeat; ignores a malformed one, since any client on the server may publish there. */
export function readBeat(text: string): Beat | undefined {
  try {
    const said = JSON.parse(text) as { node?: unknown; state?: unknown; contact_ms?: unknown } | null;
    const { node, state, contact_ms: contactMs } = said ?? {};
    if (typeof node !== 'string' || node.length > 64 || !states.has(state)) return undefined;
    if (typeof contactMs !== 'number' || !(contactMs >= 0)) return undefined;
    return { node, state: state as NodeState, contactMs };
  } catch {
    return undefined;
  }
}
