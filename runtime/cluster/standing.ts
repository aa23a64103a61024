/** A node's standing in its pool, derived from the plan for the pool's partition 0. */
import type { ClaimPlan } from './claim-plan.ts';

export type Standing =
  | { readonly kind: 'claiming' }
  | { readonly kind: 'serving' }
  /** Stands by for that node, which serves the pool. */
  | { readonly kind: 'standing_by'; readonly owner: string }
  | { readonly kind: 'blocked'; readonly reason: string };

export const claiming: Standing = Object.freeze({ kind: 'claiming' });
export const serving: Standing = Object.freeze({ kind: 'serving' });

/** Returns the standing of a node that does not own partition 0. */
export function standingOf(plan: ClaimPlan): Standing {
  if (plan.kind === 'unreadable') return { kind: 'blocked', reason: plan.reason };
  return plan.kind === 'wait' && plan.verdict === 'alive' ? { kind: 'standing_by', owner: plan.owner } : claiming;
}
