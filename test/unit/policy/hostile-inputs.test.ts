/** Input of strangers: any input gets a decision, and each decision comes from a rule. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { acts, pathsOf, policyUnder, settings, withValue } from './policy-fixtures.ts';

const seed = 20_260_101;
let engines: readonly PolicyEngine[];

beforeAll(async () => {
  engines = [await policyUnder(), await policyUnder(settings, 'highest_tier')];
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

/** One part, held a million times over. */
function doubled(times: number): unknown {
  let value: unknown = 'x';
  for (let n = 0; n < times; n++) value = [value, value];
  return value;
}

function circle(): unknown {
  const one: Record<string, unknown> = { ...acts.scale_up };
  one.arguments = one;
  return one;
}

const trap: unknown = {
  get action() {
    throw new Error('a getter that throws');
  },
};

const strange: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  1e308,
  5e-324,
  2 ** 53,
  10n,
  undefined,
  Symbol('s'),
  () => acts.scale_up,
  new Date(0),
  new Map([['action', 'scale_up']]),
  new Uint8Array(8),
  new ArrayBuffer(8),
  new Proxy({}, { ownKeys: () => Reflect.ownKeys(acts) }),
  Object.create(acts.scale_up),
  JSON.parse('{"__proto__": {"action": "scale_up"}}'),
  JSON.parse('{"constructor": {"prototype": {"effect": "allow"}}}'),
  { toString: 'scale_up', valueOf: 1, hasOwnProperty: null, toJSON: 'x' },
  { toJSON: () => acts.scale_up },
  nested(31),
  nested(40),
  nested(20_000),
  doubled(40),
  circle(),
  trap,
  'x'.repeat(300_000),
  '\ud800',
  'scale_up\u0000',
  'ѕcale_up',
  'ｓｃａｌｅ＿ｕｐ',
  '👩‍🚀'.repeat(40),
  '1e9',
  '0x10',
  '__proto__',
  'constructor',
  'default',
  'monthly_limit',
  [acts.scale_up],
  {},
  [],
  '',
  0,
  false,
  null,
];

const anything = fc.oneof(
  fc.constantFrom(...strange),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true, withNullPrototype: true }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const allowed = fc.constantFrom(...Object.values(acts));

/** An act that would be allowed, with one to three of its parts replaced. */
const spoilt = fc
  .tuple(allowed, fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 3 }))
  .map(([act, changes]) => {
    let changed: unknown = act;
    for (const [place, value] of changes) {
      const paths = pathsOf(act).filter((path) => path.length === 1);
      const path = paths[place % paths.length] ?? ['action'];
      changed = { ...(changed as object), [path[0] ?? '']: value };
    }
    return changed;
  });

/** The same, within its parts. */
const spoiltWithin = fc.tuple(allowed, fc.nat(), fc.jsonValue()).map(([act, place, value]) => {
  const paths = pathsOf(act);
  return withValue(act, paths[place % paths.length] ?? ['action'], value);
});

it('10,000 hostile inputs are never allowed without a rule that allows them, and never make the engine throw', () => {
  const input = fc.oneof(anything, spoilt, spoiltWithin);
  fc.assert(
    fc.property(input, fc.nat(1), (value, which) => {
      const decision = engines[which]?.decide(value);
      expect(decision?.reason).toMatch(/\S/);
      if (decision?.effect === 'deny') return;
      const said = decision?.contributions.map(({ effect }) => effect);
      expect(said).toContain('allow');
      if (decision?.strategy === 'deny_overrides') expect(said).not.toContain('deny');
    }),
    { numRuns: 10_000, seed },
  );
});

it.each(strange.map((value, n) => [n, value]))(
  'Policy denies strange value %i, as the input and as its cost',
  (_n, value) => {
    for (const { decide } of engines) {
      expect(decide(value)).toMatchObject({ effect: 'deny', reason: expect.stringMatching(/\S/) as string });
      const isCost = value === 0 || value === 0 || value === 5e-324;
      expect(decide({ ...acts.scale_up, estimated_cost: value }).effect).toBe(isCost ? 'allow' : 'deny');
    }
  },
);

it('Hostile inputs leave the engine unchanged', () => {
  for (const { decide } of engines) expect(decide(acts.scale_up).effect).toBe('allow');
});
