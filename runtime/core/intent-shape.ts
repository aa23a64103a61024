/** The shape of an intent type as JSON Schema (draft 2020-12), for people or for clients in other languages. */
import type { IntentSchema, IntentSchemas, StandardSchema } from './intent-schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A missing part accepts any value. */
export interface IntentShape {
  readonly context?: JsonSchema;
  readonly constraints?: JsonSchema;
  readonly success_criteria?: JsonSchema;
  readonly reply?: JsonSchema;
}

const parts = ['context', 'constraints', 'success_criteria', 'reply'] as const;

export function intentShapes(schemas: IntentSchemas): Readonly<Record<string, IntentShape>> {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, shapeOf(schema)]));
}

function shapeOf(schema: IntentSchema): IntentShape {
  const described = parts.flatMap((part) => {
    const declared = schema[part];
    const found = declared === undefined ? undefined : jsonSchemaOf(declared);
    return found === undefined ? [] : [[part, found] as const];
  });
  return Object.fromEntries(described);
}

/** Returns `undefined` for a library without Standard JSON Schema, or a schema that JSON Schema cannot express. */
function jsonSchemaOf(schema: StandardSchema): JsonSchema | undefined {
  try {
    const { $schema: _draft, ...described } = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ?? {};
    return Object.keys(described).length === 0 ? undefined : described;
  } catch {
    return undefined;
  }
}
