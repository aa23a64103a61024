/** Checks the draft of an intent at the call: callers in JavaScript have no compiler that does it. */
import { show } from './errors.ts';
import type { IntentDraft } from './intent.ts';
import { InvalidIntentError } from './intent-errors.ts';
import { isObject } from './json.ts';
import { unknownName } from './nearest-name.ts';
import { namesOf } from './options.ts';

const fields = namesOf<IntentDraft>({
  intent_type: true,
  context: true,
  constraints: true,
  success_criteria: true,
  deadline: true,
  budget: true,
  intent_id: true,
});

/**
 * Looks at names only: values are checked in the intent that is made of them. Hot path: allocates nothing.
 * @throws InvalidIntentError
 */
export function checkDraft(draft: unknown): asserts draft is IntentDraft {
  if (!isObject(draft)) throw notDraft(draft);
  for (const name in draft) if (!fields.has(name) && Object.hasOwn(draft, name)) throw unknownField(name, draft);
  if (typeof draft.intent_type === 'string') return;
  throw new InvalidIntentError('intent_type', 'the name of an intent type', draft.intent_type);
}

const notDraft = (given: unknown): InvalidIntentError => {
  const rule = 'an object with an "intent_type"';
  return new InvalidIntentError('', rule, given, `a draft must be ${rule}, but is ${show(given)}`);
};

const unknownField = (name: string, draft: Readonly<Record<string, unknown>>): InvalidIntentError =>
  new InvalidIntentError(name, 'absent', draft[name], unknownName('field', name, 'a draft', fields));
