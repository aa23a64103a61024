/** The schemas that an agent declares per intent type, in any library that speaks Standard Schema (standardschema.dev, v1). */
import type { Intent } from './intent.ts';
import { SchemaViolationError, UnknownIntentTypeError } from './intent-errors.ts';

/** The part of the Standard Schema v1 interface that is needed here. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
  };
}

type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What one intent type must look like; a part without a schema is any JSON object. */
export interface IntentSchema {
  readonly context?: StandardSchema;
  readonly constraints?: StandardSchema;
  readonly success_criteria?: StandardSchema;
}

export type IntentSchemas = Readonly<Record<string, IntentSchema>>;

/**
 * Checks an intent against what its receiver declares.
 * @throws UnknownIntentTypeError, SchemaViolationError with the path of the first fault
 */
export function checkAgainstSchemas(kind: string, schemas: IntentSchemas, intent: Intent): void {
  if (!Object.hasOwn(schemas, intent.intent_type)) {
    throw new UnknownIntentTypeError(kind, intent.intent_type, Object.keys(schemas));
  }
  const schema = schemas[intent.intent_type];
  for (const part of ['context', 'constraints', 'success_criteria'] as const) {
    const declared = schema?.[part];
    if (declared !== undefined) checkPart(intent, part, declared);
  }
}

function checkPart(intent: Intent, part: 'context' | 'constraints' | 'success_criteria', schema: StandardSchema): void {
  const result = schema['~standard'].validate(intent[part]);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new SchemaViolationError(
      intent.intent_type,
      part,
      'its schema is asynchronous; declare one that answers at once',
    );
  }
  const issue = result.issues?.[0];
  if (issue === undefined) return;
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  throw new SchemaViolationError(intent.intent_type, [part, ...path].join('.'), issue.message);
}
