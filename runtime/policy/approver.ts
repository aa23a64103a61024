/** Who answers when policy wants a human's word. */
import type { Approval, Decision } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export interface ApprovalRequest {
  /** SHA-256 of the exact action: an approval holds for it and nothing else. */
  readonly action_hash: string;
  /** Who acts. */
  readonly agent: string;
  /** Who sent the intent that it acts for. */
  readonly on_behalf_of: string;
  readonly intent_id: string;
  readonly action: JsonObject;
  readonly decision: Decision;
}

export type { Approval } from '../core/acting.ts';

/** The durable inbox comes later, behind the same call. */
export interface Approver {
  /** Only an answer with `approved: true` and a name is an approval; whatever else comes back is none. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<Approval>;
}
