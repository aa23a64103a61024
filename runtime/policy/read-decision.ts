/** Checks the answer of a policy engine: reads it once, copies it, freezes it. An answer that is not a decision is a denial. */
import type { Contribution, Decision, Effect, Strategy } from '../core/acting.ts';
import { reasonOf, show } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { snapshotJson } from '../core/json-snapshot.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { PolicyAnswerError } from './policy-errors.ts';

const effects: readonly unknown[] = ['allow', 'require_approval', 'deny'] satisfies readonly Effect[];
const strategies: readonly unknown[] = ['deny_overrides', 'highest_tier'] satisfies readonly Strategy[];

/** Always returns a decision, whatever the engine does. */
export function decideWith(policy: PolicyEngine, input: unknown): Decision {
  try {
    return readDecision(policy.decide(input));
  } catch (error) {
    const { code, message } = error instanceof PolicyAnswerError ? error : new PolicyAnswerError(reasonOf(error));
    return Object.freeze({ ...unusable, reason: message, bundle: bundleOf(policy), error: code });
  }
}

const unusable: Decision = Object.freeze({
  effect: 'deny',
  reason: '',
  contributions: Object.freeze([]),
  winners: Object.freeze([]),
  conflict: false,
  strategy: 'deny_overrides',
  bundle: '',
});

/** Reads a decision. @throws PolicyAnswerError, NotJsonError */
function readDecision(answer: unknown): Decision {
  if (answer instanceof Promise) {
    answer.catch(() => undefined);
    throw new PolicyAnswerError('it is a promise, and has to be an answer');
  }
  if (!isObject(answer)) throw new PolicyAnswerError(`it is ${show(answer)} and no object`);
  const {
    effect,
    reason,
    contributions,
    winners,
    conflict,
    strategy,
    bundle,
    error,
  }: Readonly<Record<string, unknown>> = snapshotJson(answer, 'decision');
  const wrong =
    notOneOf('effect', effects, effect) ??
    notOneOf('strategy', strategies, strategy) ??
    (isText(reason) ? undefined : `its "reason" is ${show(reason)} and no text`) ??
    (isText(bundle) ? undefined : `its "bundle" is ${show(bundle)} and no text`) ??
    (typeof conflict === 'boolean' ? undefined : `its "conflict" is ${show(conflict)}`) ??
    (isListOf(winners, isText) ? undefined : 'its "winners" are no list of texts') ??
    (error === undefined || isText(error) ? undefined : `its "error" is ${show(error)} and no text`) ??
    (isListOf(contributions, isContribution) ? undefined : 'its "contributions" are no list of contributions');
  if (wrong !== undefined) throw new PolicyAnswerError(wrong);
  if (error !== undefined && effect !== 'deny')
    throw new PolicyAnswerError(`it has the error ${show(error)}, and no denial`);
  // copies the checked fields only: other fields are not part of a decision
  const decided = { effect, reason, contributions, winners, conflict, strategy, bundle };
  return Object.freeze(error === undefined ? decided : { ...decided, error }) as Decision;
}

export function isContribution(value: unknown): value is Contribution {
  if (!isObject(value)) return false;
  const { id, tier, effect, reason } = value;
  return isText(id) && Number.isFinite(tier) && effects.includes(effect) && isText(reason);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isListOf = (value: unknown, holds: (part: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(holds);

const notOneOf = (field: string, known: readonly unknown[], value: unknown): string | undefined =>
  known.includes(value) ? undefined : `its "${field}" is ${show(value)}, and must be one of ${known.join(', ')}`;

const bundleOf = ({ bundle }: PolicyEngine): string => (isText(bundle) ? bundle : 'unknown');
