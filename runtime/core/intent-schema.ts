/** The schemas that an agent declares per intent type, in any library that speaks Standard Schema (standardschema.dev, v1). */
import { reasonOf } from './errors.ts';
import type { Intent } from './intent.ts';
import { SchemaViolationError, UnknownIntentTypeError } from './intent-errors.ts';
import type { JsonObject } from './json.ts';

/** The part of the Standard Schema v1 interface that is needed here. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema v1, where the library has it: what the registry shows of the schema. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What the sender of a value writes. */
export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];
/** What its receiver reads: defaults filled in, transformed. */
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/** How often an intent is tried, and the pauses between: they double. */
export interface RetryRule {
  /** All in all, from 1. */
  readonly attempts: number;
  /** Milliseconds before the second one. */
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** What one intent type must look like; a part without a schema is any JSON object. */
export interface IntentSchema {
  readonly context?: StandardSchema;
  readonly constraints?: StandardSchema;
  readonly success_criteria?: StandardSchema;
  /** What answers it, when it is asked; without a schema any JSON value. */
  readonly reply?: StandardSchema;
  /** How its receiver tries it; what is left out is the node's `limits`. */
  readonly retry?: Partial<RetryRule>;
}

export type IntentSchemas = Readonly<Record<string, IntentSchema>>;

const intentParts = ['context', 'constraints', 'success_criteria'] as const;
export type IntentPart = (typeof intentParts)[number];

/**
 * Checks an intent against what its receiver declares.
 * @returns the intent as its schemas read it: defaults filled in, transformed
 * @throws UnknownIntentTypeError, SchemaViolationError with the path of the first fault
 */
export function checkAgainstSchemas(kind: string, schemas: IntentSchemas, intent: Intent): Intent {
  if (!Object.hasOwn(schemas, intent.intent_type)) {
    throw new UnknownIntentTypeError(kind, intent.intent_type, Object.keys(schemas));
  }
  const schema = schemas[intent.intent_type];
  let read = intent;
  for (const part of intentParts) {
    const declared = schema?.[part];
    if (declared === undefined) continue;
    const value = readThrough(declared, intent.intent_type, part, intent[part]) as JsonObject;
    if (read === intent) read = { ...intent };
    (read as { -readonly [K in IntentPart]: JsonObject })[part] = value;
  }
  return read;
}

type Validated = ReturnType<StandardSchema['~standard']['validate']>;

function validated(schema: StandardSchema, type: string, where: string, value: unknown): Validated {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    throw new SchemaViolationError(type, where, `its schema throws: ${reasonOf(error)}`);
  }
}

/**
 * What the schema makes of a value.
 * @param where the path that a fault's path is appended to
 * @throws SchemaViolationError
 */
export function readThrough(schema: StandardSchema, type: string, where: string, value: unknown): unknown {
  const result = validated(schema, type, where, value);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new SchemaViolationError(
      type,
      where,
      'its schema is asynchronous, or throws; declare one that answers at once',
    );
  }
  const issue = result.issues?.[0];
  if (result.issues === undefined) return result.value;
  const path = (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  throw new SchemaViolationError(type, [where, ...path].join('.'), issue?.message ?? 'it is refused without a reason');
}
