/** The port to a human who answers when policy requires an approval. */
import type { Approval, Decision } from '../core/acting.ts';
import type { JsonObject } from '../core/json.ts';

export interface ApprovalRequest {
  /** SHA-256 of the exact action: an approval holds for this action only. */
  readonly action_hash: string;
  /** The agent that acts. */
  readonly agent: string;
  /** The sender of the intent that the agent acts for. */
  readonly on_behalf_of: string;
  readonly intent_id: string;
  readonly action: JsonObject;
  readonly decision: Decision;
}

export type { Approval } from '../core/acting.ts';

/** Asks a human. The durable inbox comes later, behind the same call. */
export interface Approver {
  /** Resolves to the answer. Only `approved: true` together with a name is an approval. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<Approval>;
}
