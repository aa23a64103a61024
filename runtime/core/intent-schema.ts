/**
 * The schemas that an agent declares per intent type, in any library that implements Standard Schema (standardschema.dev, v1).
 */
import { reasonOf } from './errors.ts';
import type { Intent } from './intent.ts';
import { SchemaViolationError, UnknownIntentTypeError } from './intent-errors.ts';
import type { JsonObject } from './json.ts';

/** The part of the Standard Schema v1 interface that the runtime needs. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema v1, where the library has it: the registry shows it. */
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

/** The value that a sender writes. */
export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];
/** The value that the receiver reads: defaults filled in, transformed. */
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/** How often an intent is tried; the pause between attempts doubles. */
export interface RetryRule {
  /** Total number of attempts, from 1. */
  readonly attempts: number;
  /** Wait before the second attempt, milliseconds. */
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** The schema of one intent type; a part without a schema accepts any JSON object. */
export interface IntentSchema {
  readonly context?: StandardSchema;
  readonly constraints?: StandardSchema;
  readonly success_criteria?: StandardSchema;
  /** Schema of the reply to an ask; without one, any JSON value. */
  readonly reply?: StandardSchema;
  /** The receiver's retry rule; a field left out defaults to the node's `limits`. */
  readonly retry?: Partial<RetryRule>;
}

export type IntentSchemas = Readonly<Record<string, IntentSchema>>;

const intentParts = ['context', 'constraints', 'success_criteria'] as const;
export type IntentPart = (typeof intentParts)[number];

/**
 * Checks an intent against the schemas of its receiver.
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
    throw new SchemaViolationError(type, where, `its schema throws: ${reasonOf(error)}`, error);
  }
}

/**
 * Validates a value and returns it as the schema reads it.
 * @param where prefix for the path of a fault
 * @throws SchemaViolationError
 */
export function readThrough(schema: StandardSchema, type: string, where: string, value: unknown): unknown {
  const result = validated(schema, type, where, value);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new SchemaViolationError(type, where, 'its schema is asynchronous; declare one that answers at once');
  }
  const issue = result.issues?.[0];
  if (result.issues === undefined) return result.value;
  const path = (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  throw new SchemaViolationError(type, [where, ...path].join('.'), issue?.message ?? 'it is refused without a reason');
}
