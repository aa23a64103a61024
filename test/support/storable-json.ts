/** JSON values that a store must return exactly: all except those with a key that reaches the prototype, which it refuses. */
import fc from 'fast-check';
import type { JsonObject } from '../../runtime/core/json.ts';

const isStorable = (value: unknown): boolean => !JSON.stringify(value).includes('"__proto__"');

export const storableJson: fc.Arbitrary<fc.JsonValue> = fc.jsonValue({ maxDepth: 4 }).filter(isStorable);

/** The same, of objects with any keys. */
export const storableObject: fc.Arbitrary<JsonObject> = fc
  .dictionary(fc.string(), storableJson, { maxKeys: 4 })
  .filter(isStorable)
  .map((given) => JSON.parse(JSON.stringify(given)) as JsonObject);
