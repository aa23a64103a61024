/** What a node does about a partition that it does not own: a pure decision. */
import type { Verdict } from './membership.ts';
import type { OwnerRecord } from './owner-record.ts';

export type ClaimPlan =
  | { readonly kind: 'claim'; readonly afterMs: number }
  /** Its owner lives, or may. */
  | { readonly kind: 'wait'; readonly owner: string; readonly verdict: Verdict }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface Claimant {
  readonly node: string;
  /** Among those that stand by, from 0. */
  readonly rank: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly verdict: (owner: string) => Verdict;
}

/** Long enough for the one before to claim and be heard of. */
const perRankMs = 500;
const jitterMs = 100;

export function planClaim(record: OwnerRecord, claimant: Claimant): ClaimPlan {
  switch (record.kind) {
    case 'unreadable':
      return { kind: 'unreadable', reason: record.reason };
    case 'none':
    case 'released':
      return claimByRank(claimant);
    case 'owned': {
      if (record.node === claimant.node) return { kind: 'claim', afterMs: 0 };
      const verdict = claimant.verdict(record.node);
      if (verdict === 'dead') return claimByRank(claimant);
      return { kind: 'wait', owner: record.node, verdict };
    }
    default:
      throw new Error(`unexpected record ${record satisfies never}`);
  }
}

const claimByRank = ({ rank, random }: Claimant): ClaimPlan => ({
  kind: 'claim',
  afterMs: rank === 0 ? 0 : Math.round(rank * perRankMs + random * jitterMs),
});
