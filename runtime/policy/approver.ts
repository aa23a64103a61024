/** Who answers when policy wants a human's word. */
import type { Approval, Decision } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export interface ApprovalRequest {
  /** SHA-256 of the exact action: an approval holds for it and nothing else. */
  readonly action_hash: string;
  readonly agent: string;
  readonly intent_id: string;
  readonly action: JsonObject;
  readonly decision: Decision;
}

export type { Approval } from '../core/acting.ts';

/** The durable inbox comes later, behind the same call. */
export interface Approver {
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<Approval>;
}
