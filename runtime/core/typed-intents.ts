/** Types of intents, inferred from the schemas of their receiver. */
import type { Intent, IntentDraft } from './intent.ts';
import type { InputOf, IntentPart, IntentSchema, IntentSchemas, OutputOf, StandardSchema } from './intent-schema.ts';
import type { Json, JsonObject } from './json.ts';

/** The names of the intent types. */
export type TypeOf<I extends IntentSchemas> = keyof I & string;

type Read<S> = S extends StandardSchema ? OutputOf<S> : JsonObject;

/** Are the schemas unknown at compile time? Then the type allows every intent, and the send checks it. */
type IsOpen<I extends IntentSchemas> = string extends keyof I ? true : false;

/** An intent of one type as its receiver reads it. */
export type IntentOf<I extends IntentSchemas, T extends TypeOf<I> = TypeOf<I>> =
  IsOpen<I> extends true
    ? Intent
    : {
        readonly [K in T]: Omit<Intent, 'intent_type' | IntentPart> & {
          readonly intent_type: K;
          readonly context: Read<I[K]['context']>;
          readonly constraints: Read<I[K]['constraints']>;
          readonly success_criteria: Read<I[K]['success_criteria']>;
        };
      }[T];

/** A part with a schema is required, unless its schema accepts `{}`. */
type Written<P extends IntentPart, S> = S extends StandardSchema
  ? Record<string, never> extends InputOf<S>
    ? { readonly [K in P]?: InputOf<S> }
    : { readonly [K in P]: InputOf<S> }
  : { readonly [K in P]?: JsonObject };

type Parts<S extends IntentSchema> = Written<'context', S['context']> &
  Written<'constraints', S['constraints']> &
  Written<'success_criteria', S['success_criteria']>;

/** What a sender writes for one of the types that a receiver accepts. */
export type DraftOf<I extends IntentSchemas, T extends TypeOf<I> = TypeOf<I>> =
  IsOpen<I> extends true
    ? IntentDraft
    : {
        readonly [K in T]: Omit<IntentDraft, 'intent_type' | IntentPart> & { readonly intent_type: K } & Parts<I[K]>;
      }[T];

/** The type of the reply to an intent of this type, as the asker reads it. */
export type ReplyOf<I extends IntentSchemas, T extends TypeOf<I>> = I[T]['reply'] extends StandardSchema
  ? OutputOf<I[T]['reply']>
  : Json;

/** The reply to an intent of this type, as the receiver writes it. */
export type ReplyTo<I extends IntentSchemas, T extends TypeOf<I>> = I[T]['reply'] extends StandardSchema
  ? InputOf<I[T]['reply']>
  : Json;
