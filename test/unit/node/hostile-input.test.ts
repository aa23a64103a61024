/** Ten thousand documents that no valid sender would write, in mailboxes of agents that keep working. */
import { expect, it } from 'vitest';
import { below, type Random, seededRandom } from '../../../runtime/core/random.ts';
import { NodeRig } from '../../support/node-rig.ts';

const documents = 10_000;
const perRound = 200;

type Make = (random: Random) => unknown;

const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;
const text: Make = (random) =>
  String.fromCharCode(...Array.from({ length: below(random, 12) }, () => below(random, 0xffff)));
const scalar: Make = (random) =>
  pick(random, [null, true, false, 0, -1, 1e308, '', '=', 'a', 'client/s', '__proto__', text(random)]);

function value(random: Random, depth: number): unknown {
  if (depth <= 0) return scalar(random);
  const size = below(random, 4);
  if (below(random, 3) === 0) return Array.from({ length: size }, () => value(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [
      pick(random, ['a', 'constructor', 'prototype', 'toString', '', String(text(random))]),
      value(random, depth - 1),
    ]),
  );
}

const small: Make = (random) => value(random, 1 + below(random, 4));
const deep: Make = (random) => {
  let inner = scalar(random);
  for (let depth = below(random, 60); depth > 0; depth--) inner = below(random, 2) === 0 ? [inner] : { a: inner };
  return inner;
};

/** An intent with one or several of its fields gone wrong. */
function almost(random: Random): string {
  const intent: Record<string, unknown> = {
    intent_id: 'x',
    from_agent: 'client/s',
    to_agent: 'worker',
    intent_type: 'alert',
    context: {},
    constraints: {},
    success_criteria: {},
    timestamp: '2024-01-15T14:23:01Z',
    parent_intent_id: null,
  };
  const optional = ['v', 'root_intent_id', 'hops', 'path', 'deadline', 'budget', 'in_reply_to', 'surplus'];
  for (let n = 1 + below(random, 3); n > 0; n--) {
    const name = pick(random, [...Object.keys(intent), ...optional]);
    if (below(random, 4) === 0) delete intent[name];
    else intent[name] = pick(random, [scalar, small, deep])(random);
  }
  const json = JSON.stringify(intent);
  return below(random, 8) === 0 ? json.replace('"context":', '"__proto__":{"polluted":true},"context":') : json;
}

function document(random: Random): Uint8Array {
  const bytes = Buffer.from(almost(random), 'utf8');
  switch (below(random, 6)) {
    case 0:
      return bytes.subarray(0, below(random, bytes.length));
    case 1: {
      bytes[below(random, bytes.length)] = below(random, 256);
      return bytes;
    }
    case 2:
      return Uint8Array.from({ length: below(random, 64) }, () => below(random, 256));
    default:
      return bytes;
  }
}

it(`A node handles or dead-letters each of ${documents} random documents, and serves others meanwhile`, async () => {
  const rig = new NodeRig();
  const random = seededRandom(20_240_115);
  const handled: string[] = [];
  const worker = {
    kind: 'worker',
    intents: { alert: {} },
    receive: (intent: { readonly intent_id: string }) => void handled.push(intent.intent_id),
  };
  const { node } = await rig.start({ agents: [worker] });
  let good = 0;
  for (let n = 0; n < documents; n += perRound) {
    for (let i = 0; i < perRound; i++) rig.inject('client/s', 'worker', document(random));
    rig.inject('client/other', 'worker', rig.intent('client/other', 'worker', { intent_id: `good-${good++}` }));
    await rig.quiet(node);
  }
  expect(handled.filter((id) => id.startsWith('good-'))).toHaveLength(good);
  expect(handled.length - good + rig.letters.length).toBe(documents);
  expect(rig.letters.length).toBeGreaterThan(documents / 2);
  const reasons = new Set(rig.letters.map(({ reason }) => reason));
  expect([...reasons].filter((reason) => !reason.startsWith('PARLEY_'))).toEqual([]);
  expect(reasons).toContain('PARLEY_MALFORMED_JSON');
  expect(reasons).toContain('PARLEY_INVALID_INTENT');
  expect(reasons).toContain('PARLEY_UNSAFE_KEY');
  expect(reasons).toContain('PARLEY_INTENT_TOO_DEEP');
  expect('polluted' in {}).toBe(false);
});
