/** Traces and queries of any kind, for properties. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../runtime/core/json.ts';
import type { NewReasoningTrace } from '../../../runtime/telemetry/reasoning-trace.ts';

export const noon: number = Date.UTC(2024, 0, 15, 12);

const key = fc.constantFrom('a', 'b', '0', 'x-y', 'it"s', "it's", '$1', ' ');
const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('a', 'A', 'ab', '', '1', "'", '"', '%', '\\', 'é'),
);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
/** What a trace may say: few values, so that queries meet some of them. */
export const someTrace: fc.Arbitrary<Partial<NewReasoningTrace>> = fc.record({
  at: fc.integer({ min: noon - 2, max: noon + 2 }),
  selected_action: object,
  policy: object,
  alternatives_considered: fc.array(
    object.map((found) => ({ ...found, action: 'x' })),
    { maxLength: 3 },
  ),
  confidence_score: fc.constantFrom(0, 0.5, 1),
});

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = scalar.map((value) => (typeof value === 'string' ? quoted(value) : JSON.stringify(value)));
const path = fc
  .tuple(fc.constantFrom('selected_action', 'policy', 'alternatives_considered'), fc.array(key, { maxLength: 3 }))
  .map(([field, parts]) => [field, ...parts.map(quoted)].join('.'));
const compared = fc.tuple(path, fc.constantFrom('=', '!='), literal).map((parts) => parts.join(' '));
const ordered = fc
  .tuple(path, fc.constantFrom('>', '>=', '<', '<='), fc.oneof(fc.constantFrom("'a'", "'ab'", "''"), fc.integer()))
  .map((parts) => parts.join(' '));
const containing = fc
  .tuple(path, fc.constantFrom('a', 'B', '', '"', '%'))
  .map(([at, text]) => `${at} contains '${text}'`);
const timed = fc
  .tuple(fc.constantFrom('>', '<=', '='), fc.integer({ min: noon - 2, max: noon + 2 }))
  .map((parts) => `at ${parts.join(' ')}`);
/** A query that can be understood. */
export const someQuery: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(compared, ordered, containing, timed),
    fc.tuple(tie('query'), fc.constantFrom('and', 'or'), tie('query')).map((parts) => `(${parts.join(' ')})`),
    tie('query').map((query) => `not ${query}`),
  ),
})).query;

/** Texts that were made to get out of quotes, and pieces of the grammar in any order. */
export const attack: fc.Arbitrary<string> = fc.constantFrom(
  "'; drop table reasoning_traces; --",
  "' or '1'='1",
  "'' or true",
  '$1',
  '\\',
  '\0',
  '\ud800',
  "E'\\x27'",
  '$$',
  '/*',
  '}{',
);
const piece = fc.oneof(
  attack,
  fc.constantFrom(
    'selected_action',
    'agent_id',
    '.',
    "'",
    '"',
    '(',
    ')',
    'not',
    'and',
    'or',
    '=',
    '>',
    'contains',
    '1',
    'null',
  ),
  fc.string(),
);
export const hostileQuery: fc.Arbitrary<string> = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  fc.tuple(attack, attack).map(([at, text]) => `selected_action.${quoted(at)} = ${quoted(text)}`),
  fc.tuple(fc.string(), fc.string()).map(([at, text]) => `policy.${quoted(at)} contains ${quoted(text)}`),
);
