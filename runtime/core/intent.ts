/** The intent: what agents send each other. Snake case, exactly as it stands on the wire. */
import type { JsonObject } from './json.ts';

/** The wire format that this release writes; it reads this one and the one before. */
export const wireVersion = 1;

/** The article's envelope, and what Parley adds: everything after `parent_intent_id` is optional on input. */
export interface Intent {
  readonly intent_id: string;
  /** `kind`, `kind/key`, or `client/<instance>` outside any agent. */
  readonly from_agent: string;
  /** `null`: a broadcast. */
  readonly to_agent: string | null;
  /** Open set; `investigate`, `optimize`, `scale` and `alert` are the built-in ones. */
  readonly intent_type: string;
  readonly context: JsonObject;
  readonly constraints: JsonObject;
  readonly success_criteria: JsonObject;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly parent_intent_id: string | null;
  /** Wire format version. */
  readonly v?: number;
  /** The first intent of the chain. */
  readonly root_intent_id?: string;
  /** Intents between the root and this one. */
  readonly hops?: number;
  /** Agents that wait for this intent's outcome, outermost first. */
  readonly path?: readonly string[];
  /** ISO 8601; past it the intent is not handled any more. */
  readonly deadline?: string;
  readonly budget?: Budget;
  /** The intent that this one answers. */
  readonly in_reply_to?: string;
}

export interface Budget {
  readonly usd?: number;
  readonly tokens?: number;
}

/** What a sender says; the runtime adds ids, sender, time and place in the chain. */
export interface IntentDraft {
  readonly intent_type: string;
  readonly context?: JsonObject;
  readonly constraints?: JsonObject;
  readonly success_criteria?: JsonObject;
  /** ISO 8601. */
  readonly deadline?: string;
  readonly budget?: Budget;
  /** Chosen by a sender that may have to send the same intent again; made by the runtime otherwise. */
  readonly intent_id?: string;
}

/** What is the same for every intent, with the reason. */
export const intentLimits: { readonly bytes: number; readonly depth: number; readonly hops: number } = Object.freeze({
  /** Bytes of encoded JSON: four fit into the server's default `max_payload` of 1 MiB beside headers. */
  bytes: 256 * 1024,
  /** Nesting of the whole document: deeper ones cost stack in every reader. */
  depth: 32,
  /** Intents from the root: longer chains are loops. */
  hops: 16,
});
