import { describe, expect, it } from 'vitest';
import { MeshSecretError, newKeyRecord, readKeyRecord } from '../../../runtime/core/mesh-keys.ts';
import { seededRandom, systemRandom } from '../../../runtime/core/random.ts';

const secret = 's'.repeat(43);

it('A new record holds one key of 32 bytes, another one each time', () => {
  const { signing, byId } = readKeyRecord(newKeyRecord(systemRandom));
  expect([signing.secret.length, byId.get(signing.id)]).toEqual([32, signing]);
  expect(readKeyRecord(newKeyRecord(systemRandom)).signing.secret).not.toEqual(signing.secret);
  expect(newKeyRecord(seededRandom(1))).toBe(newKeyRecord(seededRandom(1)));
});

it('The first key signs, and every other one is found by its id', () => {
  const keys = [
    { id: 'new', secret },
    { id: 'old', secret: 'o'.repeat(43) },
  ];
  const read = readKeyRecord(JSON.stringify({ v: 1, keys }));
  expect(read.signing.id).toBe('new');
  expect([...read.byId.keys()]).toEqual(['new', 'old']);
});

describe('a refused key record', () => {
  it.each([
    ['that is no JSON', `{"v":1,"keys":[{"id":"a","secret":"${secret}`],
    ['of another version', JSON.stringify({ v: 2, keys: [{ id: 'a', secret }] })],
    ['without keys', JSON.stringify({ v: 1 })],
    ['with no key', JSON.stringify({ v: 1, keys: [] })],
    ['with a key that is too short', JSON.stringify({ v: 1, keys: [{ id: 'a', secret: secret.slice(1) }] })],
    ['with a key that is no base64url', JSON.stringify({ v: 1, keys: [{ id: 'a', secret: `+${secret.slice(1)}` }] })],
    ['with an id that is no word', JSON.stringify({ v: 1, keys: [{ id: 'a.b', secret }] })],
    ['with one id twice', JSON.stringify({ v: 1, keys: [1, 2].map(() => ({ id: 'a', secret })) })],
    [
      'with too many keys',
      JSON.stringify({ v: 1, keys: Array.from({ length: 65 }, (_, n) => ({ id: `k${n}`, secret })) }),
    ],
    ['that is null', 'null'],
  ])('A key record is refused without showing its secret: %s', (_what, text) => {
    expect(() => readKeyRecord(text)).toThrow(MeshSecretError);
    try {
      readKeyRecord(text);
    } catch (error) {
      expect(String(error)).not.toContain('sss');
    }
  });
});
