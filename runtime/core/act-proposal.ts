/** A proposed act: a frozen copy whose hash identifies what is approved, recorded and executed. */
import type { Cause, ProposedAction, Rationale } from './acting.ts';
import { canonicalJson, hashOf } from './canonical-json.ts';
import { ParleyError, show } from './errors.ts';
import { isObject } from './json.ts';
import { snapshotJson } from './json-snapshot.ts';

export interface ActProposal {
  readonly action: ProposedAction;
  readonly rationale: Rationale;
  /** SHA-256 of name, resource and arguments as canonical JSON (RFC 8785). */
  readonly hash: string;
}

/** The proposal does not have the shape of an act. */
export class InvalidActError extends ParleyError {
  /** `action.resource`, or `action and rationale` of what is too large. */
  readonly path: string;

  constructor(path: string, rule: string, value: unknown) {
    super('PARLEY_INVALID_ACT', `"${path}" of an act must be ${rule}, but is ${show(value)}`);
    this.path = path;
  }
}

const longestName = 512;
/** The size limit of an intent: every record of an act stays below the store's largest message. */
const mostBytes = 256 * 1024;

/** Copies an agent's proposal synchronously. @throws NotJsonError, InvalidActError */
export function proposeAct(action: ProposedAction, rationale: Rationale): ActProposal {
  const proposed = {
    action: checkAction(snapshotJson(action, 'action')),
    rationale: snapshotJson(rationale, 'rationale'),
  };
  checkRationale(proposed.rationale);
  const bytes = Buffer.byteLength(canonicalJson(proposed as unknown as Parameters<typeof canonicalJson>[0]));
  if (bytes > mostBytes)
    throw new InvalidActError('action and rationale', `together at most ${mostBytes} bytes long`, bytes);
  return Object.freeze({ ...proposed, hash: hashOfAction(proposed.action) });
}

export const hashOfAction = ({ name, resource, arguments: args }: ProposedAction): string =>
  hashOf({ name, resource, arguments: args });

function checkAction(action: ProposedAction): ProposedAction {
  const given: unknown = action;
  if (!isObject(given)) throw new InvalidActError('action', 'an object', given);
  for (const field of ['name', 'resource'] as const) checkName(`action.${field}`, given[field]);
  for (const field of ['arguments', 'facts'] as const) {
    if (!isObject(given[field])) throw new InvalidActError(`action.${field}`, 'an object', given[field]);
  }
  if (given.cause !== undefined) checkCause(given.cause);
  return action;
}

function checkName(path: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= longestName) return;
  throw new InvalidActError(path, `a text of 1 to ${longestName} characters`, value);
}

function checkCause(cause: unknown): asserts cause is Cause {
  if (!isObject(cause)) throw new InvalidActError('action.cause', 'an object', cause);
  for (const field of ['intent_id', 'root_intent_id'] as const) checkName(`action.cause.${field}`, cause[field]);
  if (isObject(cause.constraints)) return;
  throw new InvalidActError('action.cause.constraints', 'an object', cause.constraints);
}

function checkRationale(rationale: unknown): asserts rationale is Rationale {
  if (!isObject(rationale)) throw new InvalidActError('rationale', 'an object', rationale);
  for (const field of ['context_retrieved', 'alternatives_considered'] as const) {
    const list = rationale[field];
    if (Array.isArray(list) && list.every(isObject)) continue;
    throw new InvalidActError(`rationale.${field}`, 'a list of objects', list);
  }
  const { decision_rationale: text, confidence_score: confidence, expected_outcome: expected } = rationale;
  if (typeof text !== 'string') throw new InvalidActError('rationale.decision_rationale', 'a text', text);
  if (typeof confidence !== 'number' || confidence < 0 || confidence > 1) {
    throw new InvalidActError('rationale.confidence_score', 'a number from 0 to 1', confidence);
  }
  if (!isObject(expected)) throw new InvalidActError('rationale.expected_outcome', 'an object', expected);
}
