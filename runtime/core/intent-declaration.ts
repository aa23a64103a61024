/** Checks the intents that a kind declares, at its declaration: callers in JavaScript have no compiler that does it. */
import { InvalidOptionError } from './errors.ts';
import { checkIntentType } from './ids.ts';
import type { IntentSchema, IntentSchemas } from './intent-schema.ts';
import { isObject } from './json.ts';
import { checkOptions, namesOf } from './options.ts';

const partNames = namesOf<IntentSchema>({
  context: true,
  constraints: true,
  success_criteria: true,
  reply: true,
  retry: true,
});

/**
 * @param where `greeter.intents`
 * @throws InvalidOptionError, InvalidIdError
 */
export function checkIntents(where: string, intents: unknown): asserts intents is IntentSchemas {
  if (!isObject(intents)) throw new InvalidOptionError(where, 'an object: schemas by intent type', intents);
  for (const type of Object.keys(intents)) checkParts(`${where}.${checkIntentType(type)}`, intents[type]);
}

function checkParts(where: string, parts: unknown): void {
  if (!isObject(parts) || '~standard' in parts) {
    throw new InvalidOptionError(where, 'an object: a schema for each part, such as { context: schema }', parts);
  }
  checkOptions(where, parts, partNames);
  for (const part of partNames) {
    if (part === 'retry' || parts[part] === undefined || isSchema(parts[part])) continue;
    const rule = 'a schema of a library that speaks Standard Schema (Zod, Valibot, ArkType)';
    throw new InvalidOptionError(`${where}.${part}`, rule, parts[part]);
  }
}

/** Some libraries make functions of them. */
function isSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = (value as Record<string, unknown>)['~standard'];
  return isObject(standard) && standard.version === 1 && typeof standard.validate === 'function';
}
