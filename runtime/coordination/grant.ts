/**
 * Who may change a resource: proposals that came within one window are ranked, one is granted for a time, the others are
 * refused with the reason. A resource that is pushed up and down is protected from both. A function of ledger, proposals, time.
 */

export type Direction = 'up' | 'down' | 'none';

/** What an agent wants done with a resource, as far as others are concerned. */
export interface Claim {
  /** Who proposes it. */
  readonly by: string;
  readonly direction: Direction;
  /** safety 100 > compliance 90 > cost 50 > performance 10. */
  readonly tier: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Milliseconds that its reasons hold; without a forecast behind it nobody can say, and it is 0. */
  readonly validMs: number;
  /** Whoever has the grant that is in its way has given it back: what it was for is over. */
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
  /** Another direction than the change before. */
  readonly flip: boolean;
}

export interface GrantLedger {
  readonly grant: Grant | null;
  /** The newest last; those that still matter. */
  readonly changes: readonly Change[];
}

export interface GrantRules {
  /** Within it a resource changes its direction twice at the most. */
  readonly coolDownMs: number;
  /** How long a grant lasts whose proposer cannot say for how long its reasons hold. */
  readonly shortestMs: number;
}

export interface Refusal<C> {
  readonly claim: C;
  readonly reason: string;
}

export interface Granting<C> {
  readonly granted: C | undefined;
  readonly refused: readonly Refusal<C>[];
  /** As it is when the grant is given: written before anything is done. */
  readonly ledger: GrantLedger;
}

export const emptyLedger: GrantLedger = Object.freeze({ grant: null, changes: [] });

/** From this tier on a claim passes a grant of a lower one: the promise to customers is at stake. */
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
  // the way back up must stay open: so a way down is not taken when it would use up the last change of direction
  const most = claim.direction === 'up' ? mostFlips : mostFlips - 1;
  if (recent < most) return undefined;
  return `it changed its direction ${recent === 1 ? 'once' : `${recent} times`} within the cool-down`;
}

/** The same way again does no harm, nor does what the holder has nothing against; and what is urgent is. */
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
