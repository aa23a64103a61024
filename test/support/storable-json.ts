/** JSON values that a store must return exactly: all except those with a key that reaches the prototype, which it refuses. */
import fc from 'fast-check';

export const storableJson: fc.Arbitrary<fc.JsonValue> = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));
