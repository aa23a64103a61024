/** Encodes an intent to bytes, or decodes it. A decoded intent satisfies every rule of the envelope. */
import { isUtf8 } from 'node:buffer';
import { fromIso } from './clock.ts';
import { InvalidIdError } from './errors.ts';
import { checkAgentId, checkIntentId, checkIntentType } from './ids.ts';
import { type Intent, intentLimits, wireVersion } from './intent.ts';
import {
  IntentTooDeepError,
  IntentTooLargeError,
  InvalidIntentError,
  MalformedJsonError,
  TooManyHopsError,
  UnsafeKeyError,
} from './intent-errors.ts';
import { findJsonFault, isObject } from './json.ts';

const fields: ReadonlySet<string> = new Set([
  'intent_id',
  'from_agent',
  'to_agent',
  'intent_type',
  'context',
  'constraints',
  'success_criteria',
  'timestamp',
  'parent_intent_id',
  'v',
  'root_intent_id',
  'hops',
  'path',
  'deadline',
  'budget',
  'in_reply_to',
]);

/**
 * Reads an intent from its bytes on the wire.
 * @throws MalformedJsonError, IntentTooLargeError, and everything `checkIntent` throws
 */
export function decodeIntent(bytes: Uint8Array): Intent {
  if (bytes.length > intentLimits.bytes) throw new IntentTooLargeError(bytes.length, intentLimits.bytes);
  let document: unknown;
  try {
    document = JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new MalformedJsonError(cause);
  }
  return checkIntent(document);
}

/** Decodes UTF-8 several times as fast as a `TextDecoder` that checks. */
function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Error('it has bytes that are not UTF-8');
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}

/**
 * Encodes an intent that `checkIntent` has accepted.
 * @throws IntentTooLargeError
 */
export function encodeIntent(intent: Intent): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(intent), 'utf8');
  if (bytes.length > intentLimits.bytes) throw new IntentTooLargeError(bytes.length, intentLimits.bytes);
  return bytes;
}

/**
 * Checks the envelope: shape, ids, limits. The handler or sender checks the deadline (`deadline.ts`).
 * @throws InvalidIntentError, UnsafeKeyError, IntentTooDeepError, TooManyHopsError
 */
export function checkIntent(document: unknown): Intent {
  if (!isObject(document)) throw new InvalidIntentError('', 'a JSON object', document);
  checkJson(document);
  for (const name in document) {
    if (!fields.has(name)) throw new InvalidIntentError(name, 'absent: other data goes into "context"', document[name]);
  }
  id(document.from_agent, 'from_agent', checkAgentId);
  if (document.to_agent !== null) id(document.to_agent, 'to_agent', checkAgentId);
  moment(document.timestamp, 'timestamp');
  if (document.parent_intent_id !== null) id(document.parent_intent_id, 'parent_intent_id', checkIntentId);
  checkSaid(document);
  return document as unknown as Intent;
}

/**
 * Checks an intent that the runtime has built from a sender's draft: only the sender's part, since the runtime made the rest.
 * @throws what `checkIntent` throws
 */
export function checkOutgoing(intent: Intent): void {
  const document = intent as unknown as Document;
  checkJson(document);
  checkSaid(document);
}

function checkJson(document: Document): void {
  const fault = findJsonFault(document, intentLimits.depth);
  if (fault === undefined) return;
  const path = fault.path.replace(/^\./, '');
  if (fault.fault === 'too_deep') throw new IntentTooDeepError(path, intentLimits.depth);
  if (fault.fault === 'unsafe_key') throw new UnsafeKeyError(path);
  throw new InvalidIntentError(path, 'a JSON value', fault.value);
}

/** Checks the fields that a sender chooses. */
function checkSaid(document: Document): void {
  const { intent_id, intent_type, context, constraints, success_criteria } = document;
  id(intent_id, 'intent_id', checkIntentId);
  id(intent_type, 'intent_type', checkIntentType);
  part(context, 'context');
  part(constraints, 'constraints');
  part(success_criteria, 'success_criteria');
  checkAdditions(document);
}

function part(value: unknown, name: string): void {
  if (!isObject(value)) throw new InvalidIntentError(name, 'a JSON object', value);
}

type Document = Readonly<Record<string, unknown>>;

function checkAdditions(document: Document): void {
  const { v, hops, path, budget, deadline, in_reply_to, intent_id, root_intent_id } = document;
  if (v !== undefined && v !== wireVersion && v !== wireVersion - 1) {
    throw new InvalidIntentError('v', `${wireVersion - 1} or ${wireVersion}, the wire formats this release reads`, v);
  }
  if (root_intent_id !== undefined && root_intent_id !== intent_id) id(root_intent_id, 'root_intent_id', checkIntentId);
  if (in_reply_to !== undefined) id(in_reply_to, 'in_reply_to', checkIntentId);
  if (deadline !== undefined) moment(deadline, 'deadline');
  if (hops !== undefined) {
    if (!Number.isSafeInteger(hops) || (hops as number) < 0) {
      throw new InvalidIntentError('hops', 'a whole number from 0', hops);
    }
    if ((hops as number) > intentLimits.hops) throw new TooManyHopsError(hops as number, intentLimits.hops);
  }
  if (path !== undefined) {
    if (!Array.isArray(path) || path.length > intentLimits.hops) {
      throw new InvalidIntentError('path', `a list of at most ${intentLimits.hops} agent ids`, path);
    }
    for (const [i, agent] of path.entries()) id(agent, `path[${i}]`, checkAgentId);
  }
  if (budget !== undefined) checkBudget(budget);
}

function checkBudget(budget: unknown): void {
  if (!isObject(budget)) throw new InvalidIntentError('budget', 'a JSON object', budget);
  for (const name in budget) {
    if (name !== 'usd' && name !== 'tokens') throw new InvalidIntentError(`budget.${name}`, 'usd or tokens', name);
    const amount = budget[name];
    if (typeof amount !== 'number' || amount < 0) {
      throw new InvalidIntentError(`budget.${name}`, 'a number from 0', amount);
    }
  }
}

function id(value: unknown, path: string, check: (value: unknown) => unknown): void {
  try {
    check(value);
  } catch (error) {
    if (error instanceof InvalidIdError) throw new InvalidIntentError(path, error.rule, value);
    throw error;
  }
}

let lastMoment = '';

/** Checks a time. Skips the text that was valid last, because thousands of intents share a millisecond. */
function moment(value: unknown, name: string): void {
  if (typeof value !== 'string') throw new InvalidIntentError(name, 'a date and time in ISO 8601', value);
  if (value === lastMoment) return;
  if (fromIso(value) === undefined) throw new InvalidIntentError(name, 'a date and time in ISO 8601', value);
  lastMoment = value;
}
