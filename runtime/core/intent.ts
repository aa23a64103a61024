/** The intent: the message between agents. Snake case, exactly as on the wire. */
import type { JsonObject } from './json.ts';

/** The wire format that this release writes; it reads this one and the previous one. */
export const wireVersion = 1;

/** The article's envelope with Parley's additions: everything after `parent_intent_id` is optional on input. */
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
  /** Number of intents between the root and this one. */
  readonly hops?: number;
  /** Agents that wait for the outcome of this intent, outermost first. */
  readonly path?: readonly string[];
  /** ISO 8601; after it the intent is no longer handled. */
  readonly deadline?: string;
  readonly budget?: Budget;
  /** The intent that this one replies to. */
  readonly in_reply_to?: string;
}

export interface Budget {
  readonly usd?: number;
  readonly tokens?: number;
}

/** The part of an intent that a sender writes; the runtime adds ids, sender, time and position in the chain. */
export interface IntentDraft {
  readonly intent_type: string;
  readonly context?: JsonObject;
  readonly constraints?: JsonObject;
  readonly success_criteria?: JsonObject;
  /** ISO 8601. */
  readonly deadline?: string;
  readonly budget?: Budget;
  /** Chosen by a sender that may have to resend the same intent; otherwise the runtime makes it. */
  readonly intent_id?: string;
}

/** Limits that hold for every intent, with their reasons. */
export const intentLimits: { readonly bytes: number; readonly depth: number; readonly hops: number } = Object.freeze({
  /** Bytes of encoded JSON: four fit into the server's default `max_payload` of 1 MiB beside headers. */
  bytes: 256 * 1024,
  /** Nesting of the whole document: deeper ones cost stack in every reader. */
  depth: 32,
  /** Intents from the root: longer chains are loops. */
  hops: 16,
});
