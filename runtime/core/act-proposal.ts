/** A proposed act: a frozen copy, whose hash identifies what is approved, recorded and executed. */
import type { Cause, ContextItem, ProposedAction, Rationale } from './acting.ts';
import { canonicalJson, hashOf } from './canonical-json.ts';
import { ParleyError, show } from './errors.ts';
import { isObject } from './json.ts';
import { snapshotJson } from './json-snapshot.ts';
import { unknownName } from './nearest-name.ts';
import { namesOf } from './options.ts';

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

  /** @param message where there is more to say than rule and value */
  constructor(
    path: string,
    rule: string,
    value: unknown,
    message: string = `"${path}" of an act must be ${rule}, but is ${show(value)}`,
  ) {
    super('PARLEY_INVALID_ACT', message);
    this.path = path;
  }
}

const longestName = 512;
/** The size limit of an intent: every record of an act stays below the store's largest message. */
const mostBytes = 256 * 1024;

const actionFields = namesOf<ProposedAction>({ name: true, resource: true, arguments: true, facts: true, cause: true });
const causeFields = namesOf<Cause>({ intent_id: true, root_intent_id: true, constraints: true });
const rationaleFields = namesOf<Rationale>({
  context_retrieved: true,
  alternatives_considered: true,
  decision_rationale: true,
  confidence_score: true,
  expected_outcome: true,
});
const itemFields = namesOf<ContextItem>({ source: true, id: true, version: true, text: true, score: true });

/** Copies what an agent proposes, at once. @throws NotJsonError, InvalidActError */
export function proposeAct(action: ProposedAction, rationale: Rationale): ActProposal {
  if (action === undefined) throw new InvalidActError('action', 'an object', action);
  if (rationale === undefined) throw new InvalidActError('rationale', 'an object', rationale);
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
  checkFields('action', given, actionFields);
  for (const field of ['name', 'resource'] as const) checkName(`action.${field}`, given[field]);
  for (const field of ['arguments', 'facts'] as const) {
    if (!isObject(given[field])) throw new InvalidActError(`action.${field}`, 'an object', given[field]);
  }
  if (given.cause !== undefined) checkCause(given.cause);
  return action;
}

function checkFields(
  path: string,
  value: unknown,
  known: ReadonlySet<string>,
): asserts value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new InvalidActError(path, 'an object', value);
  for (const name of Object.keys(value)) {
    if (known.has(name)) continue;
    throw new InvalidActError(`${path}.${name}`, 'absent', value[name], unknownName('field', name, path, known));
  }
}

function checkName(path: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= longestName) return;
  throw new InvalidActError(path, `a text of 1 to ${longestName} characters`, value);
}

function checkCause(cause: unknown): asserts cause is Cause {
  checkFields('action.cause', cause, causeFields);
  for (const field of ['intent_id', 'root_intent_id'] as const) checkName(`action.cause.${field}`, cause[field]);
  if (isObject(cause.constraints)) return;
  throw new InvalidActError('action.cause.constraints', 'an object', cause.constraints);
}

function checkRationale(rationale: unknown): asserts rationale is Rationale {
  checkFields('rationale', rationale, rationaleFields);
  for (const field of ['context_retrieved', 'alternatives_considered'] as const) {
    const list = rationale[field];
    if (Array.isArray(list) && list.every(isObject)) continue;
    throw new InvalidActError(`rationale.${field}`, 'a list of objects', list);
  }
  for (const [n, item] of (rationale.context_retrieved as readonly unknown[]).entries()) {
    checkFields(`rationale.context_retrieved[${n}]`, item, itemFields);
  }
  const { decision_rationale: text, confidence_score: confidence, expected_outcome: expected } = rationale;
  if (typeof text !== 'string') throw new InvalidActError('rationale.decision_rationale', 'a text', text);
  if (typeof confidence !== 'number' || confidence < 0 || confidence > 1) {
    throw new InvalidActError('rationale.confidence_score', 'a number from 0 to 1', confidence);
  }
  if (!isObject(expected)) throw new InvalidActError('rationale.expected_outcome', 'an object', expected);
}
