/** Collects intents into chains: which there are, what became of each, and which are still under way. */
import { fromIso } from '../../runtime/core/clock.ts';
import type { Intent } from '../../runtime/core/intent.ts';
import { summaryOf } from './summary.ts';

/** What is kept of an intent: one line of a tree. */
export interface ChainLink {
  readonly id: string;
  readonly parent: string | null;
  readonly root: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly summary: string;
  /** When it was made: milliseconds since 1970. */
  readonly made: number;
  /** Its place in the stream; `undefined` while its sender has no word from the store. */
  seq: number | undefined;
  fate: Fate;
}

export type Fate =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'handled'; readonly afterMs: number; readonly attempts: number }
  | { readonly kind: 'dead'; readonly reason: string };

const waiting: Fate = Object.freeze({ kind: 'waiting' });

/**
 * Architecture invariant: an intent is in the collection as soon as anybody saw that the store has it. A receiver may handle it
 * before its sender gets the ticket, so any event may be the first.
 */
export class Chains {
  readonly #links = new Map<string, ChainLink>();
  readonly #attempts = new Map<string, number>();
  readonly #open = new Set<string>();

  get size(): number {
    return this.#links.size;
  }

  /** Intents of which it is not known that they were handled or given up. */
  get open(): number {
    return this.#open.size;
  }

  sent(intent: Intent, seq: number): void {
    this.#link(intent).seq = seq;
  }

  handling(intent: Intent, attempt: number): void {
    this.#link(intent);
    this.#attempts.set(intent.intent_id, attempt);
  }

  handled(intent: Intent, now: number): void {
    const link = this.#link(intent);
    const attempts = this.#attempts.get(link.id) ?? 1;
    this.#attempts.delete(link.id);
    this.#open.delete(link.id);
    link.fate = { kind: 'handled', afterMs: Math.max(0, now - link.made), attempts };
  }

  dead(intent: Intent, reason: string): void {
    this.#link(intent).fate = { kind: 'dead', reason };
    this.#attempts.delete(intent.intent_id);
    this.#open.delete(intent.intent_id);
  }

  /** The links of each chain, in order of their making; chains in order of theirs. */
  byChain(): readonly (readonly ChainLink[])[] {
    const chains = new Map<string, ChainLink[]>();
    for (const link of [...this.#links.values()].sort(inOrder)) {
      const chain = chains.get(link.root);
      if (chain === undefined) chains.set(link.root, [link]);
      else chain.push(link);
    }
    return [...chains.values()];
  }

  #link(intent: Intent): ChainLink {
    const known = this.#links.get(intent.intent_id);
    if (known !== undefined) return known;
    const link: ChainLink = {
      id: intent.intent_id,
      parent: intent.parent_intent_id,
      root: intent.root_intent_id ?? intent.parent_intent_id ?? intent.intent_id,
      type: intent.intent_type,
      from: intent.from_agent,
      to: intent.to_agent ?? 'everybody',
      summary: summaryOf(intent),
      made: fromIso(intent.timestamp) ?? 0,
      seq: undefined,
      fate: waiting,
    };
    this.#links.set(link.id, link);
    this.#open.add(link.id);
    return link;
  }
}

function inOrder(a: ChainLink, b: ChainLink): number {
  return a.made - b.made || (a.seq ?? Number.POSITIVE_INFINITY) - (b.seq ?? Number.POSITIVE_INFINITY);
}
