/** Options of resource agents. */

import type { GrantRules } from '../../runtime/coordination/grant.ts';
import type { Cause } from '../../runtime/core/acting.ts';
import type { Proposal } from '../protocol/proposal.ts';

export interface ResourceOptions {
  readonly rules: GrantRules;
  /** `false`: every proposal is done at once. */
  readonly grants: boolean;
  readonly idleMs: number;
}

/** A proposal as received. */
export interface Pending {
  readonly by: string;
  readonly proposal: Proposal;
  /** The recorded cause: the resource acts for it at the end of the window. */
  readonly cause: Cause;
}
