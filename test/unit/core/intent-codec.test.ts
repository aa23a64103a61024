import { describe, expect, it } from 'vitest';
import { type Intent, intentLimits } from '../../../runtime/core/intent.ts';
import { checkIntent, decodeIntent, encodeIntent } from '../../../runtime/core/intent-codec.ts';
import {
  IntentRefusedError,
  IntentTooDeepError,
  IntentTooLargeError,
  InvalidIntentError,
  MalformedJsonError,
  TooManyHopsError,
  UnsafeKeyError,
} from '../../../runtime/core/intent-errors.ts';
import { bytesOf, sample } from './sample-intent.ts';

function refusalOf(act: () => unknown): IntentRefusedError {
  try {
    act();
  } catch (error) {
    if (error instanceof IntentRefusedError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const refusal = (document: unknown): IntentRefusedError => refusalOf(() => decodeIntent(bytesOf(document)));

it('The codec accepts the article’s envelope, and the fields that Parley adds', () => {
  expect(decodeIntent(bytesOf(sample))).toEqual(sample);
  const complete: Intent = {
    ...sample,
    to_agent: null,
    parent_intent_id: 'parent-1',
    v: 1,
    root_intent_id: 'root-1',
    hops: 16,
    path: ['a', 'b/c'],
    deadline: '2026-02-01T00:00:00Z',
    budget: { usd: 1.5, tokens: 0 },
    in_reply_to: 'other-1',
  };
  expect(decodeIntent(encodeIntent(complete))).toEqual(complete);
  expect(decodeIntent(bytesOf({ ...sample, v: 0 }))).toMatchObject({ v: 0 });
});

it.each([
  ['text that is no JSON', Buffer.from('{"intent_id": ')],
  ['nothing', new Uint8Array(0)],
  ['bytes that are no UTF-8', Uint8Array.from([0x22, 0xff, 0xfe, 0x22])],
])('The codec refuses %s as malformed', (_what, bytes) => {
  expect(refusalOf(() => decodeIntent(bytes))).toMatchObject({ code: 'PARLEY_MALFORMED_JSON', path: '' });
  expect(() => decodeIntent(bytes)).toThrow(MalformedJsonError);
});

it.each([[null], [[]], ['text'], [7], [true]])('The codec refuses %j, which is not an object', (document) => {
  expect(refusal(document)).toBeInstanceOf(InvalidIntentError);
  expect(refusal(document).path).toBe('');
});

it('The codec refuses a list nested a hundred thousand deep without running out of stack', () => {
  const deep = Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(refusalOf(() => decodeIntent(deep)).path).toBe('');
  const within = Buffer.from(JSON.stringify(sample).replace('"api"', deep.toString()));
  expect(refusalOf(() => decodeIntent(within))).toBeInstanceOf(IntentTooDeepError);
});

describe.each([
  ['intent_id', [undefined, null, '', 'a b', 'a/b', 'x'.repeat(65), 7, {}]],
  ['from_agent', [undefined, null, '', 'A', 'a/', 'a/b/c', 'a.b', 7]],
  ['to_agent', [undefined, '', 'A', 'a/=', 7, []]],
  ['intent_type', [undefined, null, '', 'Scale', 'scale-out', 7]],
  ['context', [undefined, null, [], 'text', 7]],
  ['constraints', [undefined, null, [], 'text', 7]],
  ['success_criteria', [undefined, null, [], 'text', 7]],
  ['timestamp', [undefined, null, '', 'yesterday', '2026-02-30T00:00:00Z', 1_700_000_000_000]],
  ['parent_intent_id', [undefined, '', 'a b', 7]],
  ['v', [null, '1', 2, -1, 1.5]],
  ['root_intent_id', [null, '', 'a b']],
  ['hops', [null, '1', -1, 1.5]],
  ['path', [null, {}, 'a', Array(17).fill('a')]],
  ['deadline', [null, '', 'soon', 7]],
  ['budget', [null, [], 5]],
  ['in_reply_to', [null, '', 'a b']],
] as const)('the field "%s"', (field, values) => {
  it.each(values.map((value) => [value]))('A field of an intent may not be %j', (value) => {
    const error = refusal({ ...sample, [field]: value });
    expect(error).toBeInstanceOf(InvalidIntentError);
    expect(error).toMatchObject({ code: 'PARLEY_INVALID_INTENT', path: field, retryable: false });
    expect(error.message).toContain(`intent field "${field}" must be `);
  });
});

it.each([
  [{ path: ['a', 'B'] }, 'path[1]'],
  [{ budget: { usd: -1 } }, 'budget.usd'],
  [{ budget: { tokens: '5' } }, 'budget.tokens'],
  [{ budget: { eur: 1 } }, 'budget.eur'],
  [{ priority: 1 }, 'priority'],
  [{ constructor: { a: 1 } }, 'constructor'],
])('The codec refuses %j at its path', (change, path) => {
  expect(refusal({ ...sample, ...change })).toMatchObject({ code: 'PARLEY_INVALID_INTENT', path });
});

it('The codec refuses a number that JSON cannot hold', () => {
  const bytes = Buffer.from(JSON.stringify(sample).replace('0.7', '1e999'));
  expect(refusalOf(() => decodeIntent(bytes)).path).toBe('context.load');
});

it('The codec refuses more than its bytes, before reading and before sending', () => {
  const room = intentLimits.bytes - bytesOf({ ...sample, context: { text: '' } }).length;
  const largest = { ...sample, context: { text: 'x'.repeat(room) } };
  expect(decodeIntent(encodeIntent(largest))).toEqual(largest);
  const larger = { ...sample, context: { text: 'x'.repeat(room + 1) } };
  expect(() => encodeIntent(larger)).toThrow(IntentTooLargeError);
  expect(refusal(larger)).toMatchObject({ code: 'PARLEY_INTENT_TOO_LARGE', path: '', bytes: intentLimits.bytes + 1 });
  expect(() => encodeIntent({ ...sample, context: { text: 'ñ'.repeat(room / 2 + 1) } })).toThrow(IntentTooLargeError);
});

it('The codec accepts 32 levels and refuses the 33rd, naming it', () => {
  const levels = (count: number): Intent => {
    const context = JSON.parse(`${'{"a":'.repeat(count - 2)}{}${'}'.repeat(count - 2)}`);
    return { ...sample, context };
  };
  expect(decodeIntent(bytesOf(levels(32)))).toEqual(levels(32));
  const error = refusal(levels(33));
  expect(error).toBeInstanceOf(IntentTooDeepError);
  expect(error).toMatchObject({ code: 'PARLEY_INTENT_TOO_DEEP', path: `context${'.a'.repeat(31)}` });
});

it.each([
  ['"api"', '{"__proto__":{"polluted":true}}', 'context.service.__proto__'],
  ['"api"', '[{"constructor":{"prototype":{"polluted":true}}}]', 'context.service[0].constructor'],
  ['"parent_intent_id"', '"__proto__":{"polluted":true},"parent_intent_id"', '__proto__'],
])('The codec refuses a key that could reach a prototype: %s as %s', (part, evil, path) => {
  const error = refusalOf(() => decodeIntent(Buffer.from(JSON.stringify(sample).replace(part, evil))));
  expect(error).toBeInstanceOf(UnsafeKeyError);
  expect(error).toMatchObject({ code: 'PARLEY_UNSAFE_KEY', path });
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

it('The codec refuses the 17th hop', () => {
  const error = refusal({ ...sample, hops: 17 });
  expect(error).toBeInstanceOf(TooManyHopsError);
  expect(error).toMatchObject({ code: 'PARLEY_TOO_MANY_HOPS', path: 'hops' });
});

it('The codec checks an object of this process as it checks bytes', () => {
  expect(checkIntent(sample)).toBe(sample);
  const odd = { ...sample, context: { when: new Date(0) } };
  expect(refusalOf(() => checkIntent(odd))).toMatchObject({ path: 'context.when' });
});
