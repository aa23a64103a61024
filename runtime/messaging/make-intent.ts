/** Makes an intent for the wire from a sender's draft. */
import { toIso } from '../core/clock.ts';
import { type Intent, type IntentDraft, wireVersion } from '../core/intent.ts';
import type { JsonObject } from '../core/json.ts';

export interface IntentOrigin {
  readonly from: string;
  /** `null`: a broadcast. */
  readonly to: string | null;
  /** The intent that the sender is handling; `undefined` outside any. */
  readonly parent: Intent | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
  /** Agents that wait for the outcome, outermost first. */
  readonly path?: readonly string[];
  /** The intent that this one replies to. */
  readonly inReplyTo?: string;
}

/** Fills in ids, sender, time and position in the chain. The result is not yet checked. */
export function makeIntent(draft: IntentDraft, origin: IntentOrigin): Intent {
  const { parent } = origin;
  const intent_id = draft.intent_id ?? origin.newId();
  const intent: { -readonly [K in keyof Intent]: Intent[K] } = {
    intent_id,
    from_agent: origin.from,
    to_agent: origin.to,
    intent_type: draft.intent_type,
    context: draft.context ?? nothing,
    constraints: draft.constraints ?? nothing,
    success_criteria: draft.success_criteria ?? nothing,
    timestamp: toIso(origin.now),
    parent_intent_id: parent === undefined ? null : parent.intent_id,
    v: wireVersion,
    root_intent_id: parent === undefined ? intent_id : (parent.root_intent_id ?? parent.intent_id),
    hops: hopsOf(origin),
  };
  if (draft.deadline !== undefined) intent.deadline = draft.deadline;
  if (draft.budget !== undefined) intent.budget = draft.budget;
  if (origin.path !== undefined) intent.path = origin.path;
  if (origin.inReplyTo !== undefined) intent.in_reply_to = origin.inReplyTo;
  return intent;
}

/** Counts hops. A reply returns to the sender of the intent, so it adds none. */
function hopsOf({ parent, inReplyTo }: IntentOrigin): number {
  if (parent === undefined) return 0;
  return (parent.hops ?? 0) + (inReplyTo === undefined ? 1 : 0);
}

const nothing: JsonObject = Object.freeze({});
