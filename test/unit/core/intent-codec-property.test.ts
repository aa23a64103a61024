import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { decodeIntent, encodeIntent } from '../../../runtime/core/intent-codec.ts';
import { IntentRefusedError } from '../../../runtime/core/intent-errors.ts';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { bytesOf, sample } from './sample-intent.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,63}$/);
const agent = fc.oneof(
  name,
  fc.tuple(name, fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/)).map((parts) => parts.join('/')),
);
const moment = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
/** As it is after one way through JSON, without what `unsafe_key` refuses. */
const object = fc
  .dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4, noNullPrototype: true })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'p')) as JsonObject);

const intents: fc.Arbitrary<Intent> = fc.record(
  {
    intent_id: id,
    from_agent: agent,
    to_agent: fc.option(agent),
    intent_type: name,
    context: object,
    constraints: object,
    success_criteria: object,
    timestamp: moment,
    parent_intent_id: fc.option(id),
    v: fc.constantFrom(0, 1),
    root_intent_id: id,
    hops: fc.nat(16),
    path: fc.array(agent, { maxLength: 16 }),
    deadline: moment,
    budget: fc.record(
      { usd: fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs), tokens: fc.nat() },
      { requiredKeys: [] },
    ),
    in_reply_to: id,
  },
  {
    requiredKeys: [
      'intent_id',
      'from_agent',
      'to_agent',
      'intent_type',
      'context',
      'constraints',
      'success_criteria',
      'timestamp',
      'parent_intent_id',
    ],
    noNullPrototype: true,
  },
);

it('The codec reads back every intent that it wrote', () => {
  fc.assert(
    fc.property(intents, (intent) => {
      expect(decodeIntent(encodeIntent(intent))).toEqual(intent);
    }),
    { numRuns: 300 },
  );
});

const prototypeKeys = Reflect.ownKeys(Object.prototype).length;

function survives(bytes: Uint8Array): void {
  try {
    decodeIntent(bytes);
  } catch (error) {
    if (!(error instanceof IntentRefusedError)) throw error;
  }
  if (Reflect.ownKeys(Object.prototype).length !== prototypeKeys) throw new Error('Object.prototype was changed');
}

const evil = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', '');
const fieldOrOther = fc.oneof(fc.constantFrom(...Object.keys(sample), 'hops', 'path', 'budget', 'deadline', 'v'), evil);

it('The codec throws only refusals at 5,000 random JSON documents', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (document) => survives(bytesOf(document))),
    { numRuns: 5_000 },
  );
});

it('The codec throws only refusals at 3,000 intents with one field exchanged, added or made evil', () => {
  const change = fc.tuple(fieldOrOther, fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(evil, fc.jsonValue())));
  fc.assert(
    fc.property(change, ([field, value]) => {
      const text = JSON.stringify(sample);
      survives(Buffer.from(`${text.slice(0, -1)},${JSON.stringify(field)}:${JSON.stringify(value)}}`));
    }),
    { numRuns: 3_000 },
  );
});

it('The codec throws only refusals at 2,000 runs of random bytes, alone and within an intent', () => {
  const valid = bytesOf(sample);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(valid.length), (bytes, at) => {
      survives(bytes);
      survives(Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + bytes.length)]));
    }),
    { numRuns: 1_000 },
  );
});
