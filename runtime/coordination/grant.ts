/**
 * Decides who may change a resource. Proposals of one window are ranked: one is granted for a time, the others are refused with
 * the reason. A resource that agents push up and down in turn is protected from both. A pure function of ledger, proposals, time.
 */

export type Direction = 'up' | 'down' | 'none';

/** A change that an agent wants to make to a resource, as far as it concerns other agents. */
export interface Claim {
  /** The agent that proposes the change. */
  readonly by: string;
  readonly direction: Direction;
  /** safety 100 > compliance 90 > cost 50 > performance 10. */
  readonly tier: number;
  /** From 0 to 1. */
  readonly confidence: number;
  /** How long the reasons hold, in milliseconds; 0 without a forecast, because the duration is then unknown. */
  readonly validMs: number;
  /** True when the holder of the conflicting grant has released it: its purpose is over. */
  readonly released?: boolean;
}

export interface Grant {
  readonly by: string;
  readonly direction: Direction;
  readonly tier: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface Change {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: Direction;
  /** True when the direction differs from that of the change before. */
  readonly flip: boolean;
}

export interface GrantLedger {
  readonly grant: Grant | null;
  /** The changes that still matter, the newest last. */
  readonly changes: readonly Change[];
}

export interface GrantRules {
  /** Within this time a resource changes its direction twice at most. */
  readonly coolDownMs: number;
  /** The duration of a grant whose proposer cannot say how long its reasons hold. */
  readonly shortestMs: number;
}

export interface Refusal<C> {
  readonly claim: C;
  readonly reason: string;
}

export interface Granting<C> {
  readonly granted: C | undefined;
  readonly refused: readonly Refusal<C>[];
  /** The ledger with the new grant: the caller stores it before it does anything. */
  readonly ledger: GrantLedger;
}

export const emptyLedger: GrantLedger = Object.freeze({ grant: null, changes: [] });

/** From this tier on, a claim overrides a grant of a lower tier: the promise to customers is at stake. */
const urgentTier = 90;
const mostFlips = 2;
const keptChanges = 16;

export function grantOne<C extends Claim>(
  ledger: GrantLedger,
  claims: readonly C[],
  now: number,
  rules: GrantRules,
): Granting<C> {
  const refused: Refusal<C>[] = [];
  let granted: C | undefined;
  for (const claim of [...claims].sort(better)) {
    const reason = granted === undefined ? obstacle(ledger, claim, now, rules) : `"${granted.by}" was ranked before it`;
    if (reason === undefined) granted = claim;
    else refused.push({ claim, reason });
  }
  return { granted, refused, ledger: granted === undefined ? ledger : withGrant(ledger, granted, now, rules) };
}

function better(a: Claim, b: Claim): number {
  return b.tier - a.tier || b.confidence - a.confidence || (a.by < b.by ? -1 : 1);
}

function obstacle(ledger: GrantLedger, claim: Claim, now: number, rules: GrantRules): string | undefined {
  const { grant } = ledger;
  if (grant !== null && now < grant.until && !passes(claim, grant)) {
    return `granted to "${grant.by}" for another ${Math.ceil((grant.until - now) / 60_000)} minutes`;
  }
  if (!isFlip(ledger, claim.direction)) return undefined;
  const recent = ledger.changes.filter(({ at, flip }) => flip && at > now - rules.coolDownMs).length;
  // the way back up must stay open, so a way down must not use up the last change of direction
  const most = claim.direction === 'up' ? mostFlips : mostFlips - 1;
  if (recent < most) return undefined;
  return `it changed its direction ${recent === 1 ? 'once' : `${recent} times`} within the cool-down`;
}

/** Whether a claim may pass a grant: it changes no size, the holder has released it, both go up, or the claim is urgent. */
function passes(claim: Claim, grant: Grant): boolean {
  if (claim.direction === 'none' || claim.released === true) return true;
  if (claim.direction === 'up' && grant.direction === 'up') return true;
  return claim.tier >= urgentTier && claim.tier > grant.tier;
}

function isFlip({ changes }: GrantLedger, direction: Direction): boolean {
  const last = changes.findLast((change) => change.direction !== 'none');
  return direction !== 'none' && last !== undefined && last.direction !== direction;
}

function withGrant(ledger: GrantLedger, claim: Claim, now: number, rules: GrantRules): GrantLedger {
  if (claim.direction === 'none') return ledger;
  const { by, direction, tier, validMs } = claim;
  const change = { at: now, direction, flip: isFlip(ledger, direction) };
  const grant = { by, direction, tier, until: now + Math.max(rules.shortestMs, validMs) };
  return { grant, changes: [...ledger.changes, change].slice(-keptChanges) };
}
