import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidIdError } from '../../../runtime/core/errors.ts';
import {
  agentId,
  checkIntentId,
  checkIntentType,
  checkKey,
  checkKind,
  checkMesh,
  checkPool,
  formatAgentId,
  keyText,
  parseAgentId,
} from '../../../runtime/core/ids.ts';

const wrong: readonly unknown[] = ['', 'a.b', 'a b', 'a*', 'a>', 'ä', 'a\n', 'a\u0000', null, undefined, 7, {}, ['a']];

describe.each([
  ['mesh', checkMesh, ['a', 'mesh_1', 'a'.repeat(32)], ['A', '1a', '_a', 'a-b', 'a'.repeat(33)]],
  ['pool', checkPool, ['a', 'pool_1', 'a'.repeat(32)], ['A', '1a', '_a', 'a-b', 'a'.repeat(33)]],
  ['kind', checkKind, ['a', 'cost_monitor', 'a'.repeat(64)], ['A', '1a', '_a', 'a-b', 'a/b', 'a'.repeat(65)]],
  ['key', checkKey, ['a', 'A-_9', '-', '7'.repeat(128)], ['=', 'a/b', '7'.repeat(129)]],
  ['intent id', checkIntentId, ['a', 'A-_9', '7'.repeat(64)], ['=', 'a/b', '7'.repeat(65)]],
  ['intent type', checkIntentType, ['scale', 'reduce_churn'], ['Scale', 'reduce-churn', 'a'.repeat(65)]],
] as const)('a %s', (what, check, good, bad) => {
  it.each([...good])('An identifier may be %j', (name) => {
    expect(check(name)).toBe(name);
  });

  it.each([...bad, ...wrong])('An identifier may not be %j', (name) => {
    expect(() => check(name)).toThrow(InvalidIdError);
    expect(() => check(name)).toThrow(new RegExp(`^${what} `));
  });
});

describe('an agent id', () => {
  it('An agent id is a kind, or a kind and a key', () => {
    expect(parseAgentId('cost_monitor')).toEqual({ kind: 'cost_monitor', key: undefined });
    expect(parseAgentId('resource/prod-api-1')).toEqual({ kind: 'resource', key: 'prod-api-1' });
    for (const id of ['cost_monitor', 'resource/prod-api-1']) expect(formatAgentId(parseAgentId(id))).toBe(id);
  });

  it.each(['/', 'a/', '/b', 'a/b/c', 'A/b', 'a/=', 'a/b.c', ...wrong])('An agent id may not be %j', (id) => {
    expect(() => parseAgentId(id)).toThrow(InvalidIdError);
  });
});

describe('agentId', () => {
  it('agentId keeps letters, digits and hyphens, doubles underscores, and writes other bytes in hex', () => {
    expect(agentId('resource', 'prod-API_1')).toBe('resource/prod-API__1');
    expect(agentId('user', 'a.b@c.de')).toBe('user/a_2eb_40c_2ede');
    expect(agentId('user', 'ñ')).toBe('user/_c3_b1');
  });

  it('keyText reads back any text of agentId', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }), (text) => {
        const { key = '' } = parseAgentId(agentId('resource', text));
        expect(keyText(key)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('keyText reads back a text that begins with a byte order mark', () => {
    expect(keyText(agentId('k', '\ufeffa').slice(2))).toBe('\ufeffa');
  });

  it('agentId gives different texts different keys', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ minLength: 1, maxLength: 8 }), (a, b) => {
        expect(agentId('k', a) === agentId('k', b)).toBe(a === b);
      }),
    );
  });

  it.each(['', 'a'.repeat(129), 'ñ'.repeat(22), '\ud800', 'a\udfff'])(
    'agentId refuses %j, which keyText could not read back',
    (text) => {
      expect(() => agentId('k', text)).toThrow(InvalidIdError);
    },
  );

  it('agentId accepts 128 characters, once encoded', () => {
    expect(agentId('k', 'a'.repeat(128))).toHaveLength(130);
    expect(agentId('k', 'ñ'.repeat(21))).toHaveLength(2 + 126);
  });
});

it.each(['', '_', '_4', '_zz', '_C3', '_ff', '_c3', 'a.b', 'ñ'])(
  'keyText refuses %j, which agentId never wrote',
  (key) => {
    expect(() => keyText(key)).toThrow(InvalidIdError);
  },
);
