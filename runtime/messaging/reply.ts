/** Replies on the wire: an intent of type `reply` that names the intent it answers; its context has a `value` or an `error`. */
import type { Intent, IntentDraft } from '../core/intent.ts';
import { readThrough, type StandardSchema } from '../core/intent-schema.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';

const replyType = 'reply';

/** The description of a failure for the asker. */
export interface ReplyFault {
  readonly code: string;
  readonly message: string;
  /** The failed work may succeed later. */
  readonly retryable?: boolean;
}

export type ReplyContent = { readonly value: Json } | { readonly error: ReplyFault };

/** Tells whether an asker waits for the outcome: then the sender is the last entry of the path. */
export const isAsked = (intent: Intent): boolean => intent.path?.at(-1) === intent.from_agent;

export const replyDraft = (content: ReplyContent): IntentDraft => ({
  intent_type: replyType,
  context: content as unknown as JsonObject,
});

/** @returns `undefined` when the intent is not a reply */
export function readReply(intent: Intent): { readonly to: string; readonly content: ReplyContent } | undefined {
  const { context, in_reply_to: to } = intent;
  if (to === undefined || intent.intent_type !== replyType) return undefined;
  if ('value' in context) return { to, content: { value: context.value as Json } };
  const { error } = context;
  if (!isObject(error)) return undefined;
  const fault = { code: String(error.code), message: String(error.message), retryable: error.retryable === true };
  return { to, content: { error: fault } };
}

/**
 * Reads the value through the asker's schema. On the wire a reply without a value is `null`: a schema that refuses that gets
 * `undefined`.
 * @throws SchemaViolationError
 */
export function readValue(declared: StandardSchema, type: string, value: Json): unknown {
  const isVoid = value === null && !takes(declared, null) && takes(declared, undefined);
  return readThrough(declared, type, 'reply', isVoid ? undefined : value);
}

function takes(schema: StandardSchema, value: unknown): boolean {
  try {
    readThrough(schema, replyType, 'reply', value);
    return true;
  } catch {
    return false;
  }
}
