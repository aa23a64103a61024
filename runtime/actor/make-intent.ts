/** From what a sender says to the intent on the wire. */
import { toIso } from '../core/clock.ts';
import { type Intent, type IntentDraft, wireVersion } from '../core/intent.ts';

export interface IntentOrigin {
  readonly from: string;
  readonly to: string;
  /** The intent that the sender is handling; `undefined` outside any. */
  readonly parent: Intent | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
}

/** Fills in ids, sender, time and place in the chain. Not yet checked. */
export function makeIntent(draft: IntentDraft, origin: IntentOrigin): Intent {
  const { parent } = origin;
  const intent_id = draft.intent_id ?? origin.newId();
  return {
    intent_id,
    from_agent: origin.from,
    to_agent: origin.to,
    intent_type: draft.intent_type,
    context: draft.context ?? {},
    constraints: draft.constraints ?? {},
    success_criteria: draft.success_criteria ?? {},
    timestamp: toIso(origin.now),
    parent_intent_id: parent?.intent_id ?? null,
    v: wireVersion,
    root_intent_id: parent === undefined ? intent_id : (parent.root_intent_id ?? parent.intent_id),
    hops: parent === undefined ? 0 : (parent.hops ?? 0) + 1,
    ...(draft.deadline === undefined ? {} : { deadline: draft.deadline }),
    ...(draft.budget === undefined ? {} : { budget: draft.budget }),
  };
}
