/** The compiled policy as it lies in a folder: WebAssembly, the hash that it must have, and the data that users change. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from '../core/canonical-json.ts';
import { reasonOf } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { PolicyBundleError } from './policy-errors.ts';

export interface PolicyBundle {
  readonly where: string;
  readonly wasm: Uint8Array;
  readonly data: JsonObject;
  /** SHA-256 of the WebAssembly and of the data: what decisions name. */
  readonly hash: string;
}

/** The bundle's own file of hashes. */
export interface PolicyManifest {
  readonly entrypoint: string;
  /** SHA-256 of `policy.wasm`. */
  readonly wasm: string;
  /** Of what it was compiled from, by file name. */
  readonly sources: Readonly<Record<string, string>>;
  /** The compiler. */
  readonly opa: string;
}

export const entrypoint = 'parley/policy/contributions';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** @param folder has `bundle/policy.wasm`, `bundle/manifest.json`, `data.json`. @throws PolicyBundleError */
export async function readBundle(folder: string): Promise<PolicyBundle> {
  const read = async (name: string): Promise<Buffer> => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      throw new PolicyBundleError(folder, `${name} cannot be read: ${reasonOf(error)}`, error);
    }
  };
  const wasm = await read('bundle/policy.wasm');
  const manifest = parse(folder, 'bundle/manifest.json', await read('bundle/manifest.json'));
  const data = parse(folder, 'data.json', await read('data.json'));
  if (manifest.entrypoint !== entrypoint) {
    throw new PolicyBundleError(folder, `its entry point is ${JSON.stringify(manifest.entrypoint)}, not ${entrypoint}`);
  }
  const found = sha256(wasm);
  if (manifest.wasm !== found) {
    throw new PolicyBundleError(
      folder,
      `policy.wasm has the hash ${found.slice(0, 12)}…, and not that of its manifest`,
    );
  }
  return { where: folder, wasm, data, hash: sha256(`${found}${hashOf(data)}`) };
}

function parse(folder: string, name: string, bytes: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new PolicyBundleError(folder, `${name} is no JSON: ${reasonOf(error)}`, error);
  }
  if (!isObject(value)) throw new PolicyBundleError(folder, `${name} is no JSON object`);
  return value as JsonObject;
}
