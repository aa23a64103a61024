/** Decides how a node treats a partition that it does not own: pure. */
import type { Verdict } from './membership.ts';
import type { OwnerRecord } from './owner-record.ts';

export type ClaimPlan =
  | { readonly kind: 'claim'; readonly afterMs: number }
  /** Its owner is alive, or may be. */
  | { readonly kind: 'wait'; readonly owner: string; readonly verdict: Verdict }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface Claimant {
  readonly node: string;
  /** Rank among the standby nodes, from 0. */
  readonly rank: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly verdict: (owner: string) => Verdict;
}

/** Time for the node of the previous rank to claim, and for its heartbeat to arrive. */
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
