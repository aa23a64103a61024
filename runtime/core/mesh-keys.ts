/** The secret of a mesh: keys that only its nodes know. The first one signs; older ones verify earlier signatures. */
import { ParleyError } from './errors.ts';
import { isObject } from './json.ts';
import type { Random } from './random.ts';

export interface MeshKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

export interface MeshKeys {
  readonly signing: MeshKey;
  readonly byId: ReadonlyMap<string, MeshKey>;
  /** Salt for hashing message ids, so that no outsider can predict one. */
  readonly salt: string;
}

/** This release cannot read the record of the secret. */
export class MeshSecretError extends ParleyError {
  constructor(why: string) {
    super(
      'PARLEY_MESH_SECRET',
      `the mesh's secret cannot be used: ${why}\nwithout it no node can tell a ticket of this mesh from an invented one\n` +
        'write the record as runtime/gateway/README.md shows it, with an account that may write this bucket',
    );
  }
}

const secretBytes = 32;
const idBytes = 6;
/** Two rotations a day for a month; more keys are a mistake. */
const mostKeys = 64;
const idRule = /^[A-Za-z0-9_-]{1,16}$/;
const secretRule = /^[A-Za-z0-9_-]{43}$/;

/** Creates the record of a new mesh. @param random must be unpredictable outside of tests */
export function newKeyRecord(random: Random): string {
  const key = { id: randomText(random, idBytes), secret: randomText(random, secretBytes) };
  return JSON.stringify({ v: 1, keys: [key] });
}

/** @throws MeshSecretError, whose message never contains the secret */
export function readKeyRecord(text: string): MeshKeys {
  const keys = parse(text).map(readKey);
  const [signing] = keys;
  if (signing === undefined) throw new MeshSecretError('it has no key');
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size !== keys.length) throw new MeshSecretError('two of its keys have one id');
  return { signing, byId, salt: Buffer.from(signing.secret).toString('base64url') };
}

export function randomText(random: Random, bytes: number): string {
  return Buffer.from(Array.from({ length: bytes }, () => random.bits32() & 0xff)).toString('base64url');
}

function parse(text: string): readonly unknown[] {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    // the parser's own message may quote the secret
    throw new MeshSecretError('it is no JSON');
  }
  if (!isObject(record) || record.v !== 1) throw new MeshSecretError('it is no record of version 1');
  if (!Array.isArray(record.keys) || record.keys.length > mostKeys) {
    throw new MeshSecretError(`"keys" is no list of at most ${mostKeys}`);
  }
  return record.keys;
}

function readKey(key: unknown): MeshKey {
  if (!isObject(key) || typeof key.id !== 'string' || typeof key.secret !== 'string') {
    throw new MeshSecretError('a key has no "id" or no "secret"');
  }
  if (!idRule.test(key.id)) throw new MeshSecretError('the id of a key is not 1 to 16 of A-Z, a-z, 0-9, _ and -');
  if (!secretRule.test(key.secret))
    throw new MeshSecretError(`key "${key.id}" is not ${secretBytes} bytes as base64url`);
  return { id: key.id, secret: Buffer.from(key.secret, 'base64url') };
}
