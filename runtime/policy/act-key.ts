/**
 * The key of an act, the same for every attempt at it: it names its cause, its agent, action and resource, its ordinal among equal
 * ones, and the intent in hand when that is not the cause. Its hash is in `core/act-proposal.ts`.
 */
import { hashOf } from '../core/canonical-json.ts';

/** Identifies an intent by sender and id: two senders may use the same intent id. */
export type IntentIdentity = {
  readonly from_agent: string;
  readonly intent_id: string;
};

export interface ActIdentity extends IntentIdentity {
  /** The intent in hand, when the act is done for an earlier one: each handling that acts for a cause does its own acts. */
  readonly handled?: IntentIdentity;
  readonly agent: string;
  readonly action: string;
  readonly resource: string;
  readonly ordinal: number;
}

export function actKey({ from_agent, intent_id, handled, agent, action, resource, ordinal }: ActIdentity): string {
  const wanted = handled === undefined ? [] : [handled.from_agent, handled.intent_id];
  return `act_${hashOf([from_agent, intent_id, ...wanted, agent, action, resource, ordinal]).slice(0, 40)}`;
}
