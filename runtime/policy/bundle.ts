/** Loads the compiled policy from a folder: the WebAssembly, its expected hash, the data that users change. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from '../core/canonical-json.ts';
import { InvalidOptionError, reasonOf } from '../core/errors.ts';
import { findJsonFault, isObject, type JsonObject } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { PolicyBundleError } from './policy-errors.ts';

/** A folder with `bundle/policy.wasm`, `bundle/manifest.json` and `data.json`; or their contents, already trusted. */
export type PolicySource = string | { readonly wasm: Uint8Array; readonly data: JsonObject };

export interface PolicyBundle {
  readonly where: string;
  readonly wasm: Uint8Array;
  readonly data: JsonObject;
  /** SHA-256 of the WebAssembly and of the data: decisions name it. */
  readonly hash: string;
}

/** The manifest of a bundle: SHA-256 hashes in hexadecimal. */
export interface PolicyManifest {
  readonly entrypoint: string;
  /** The hash of `policy.wasm`. */
  readonly wasm: string;
  /** The hashes of the source files, by file name. */
  readonly sources: Readonly<Record<string, string>>;
  /** The hash of `data.json` at build time, as canonical JSON. The data may change later: each decision names the current hash. */
  readonly data: string;
  /** The version of the compiler. */
  readonly opa: string;
}

export const entrypoint = 'parley/policy/contributions';

const rebuild = 'restore it from where it came from, or make it anew with "npm run policies:build"';
const correct = 'correct it: policies/README.md says what it holds';
const deepestData = 64;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const partNames = namesOf<Exclude<PolicySource, string>>({ wasm: true, data: true });

/** @throws PolicyBundleError, InvalidOptionError */
export async function openBundle(source: PolicySource): Promise<PolicyBundle> {
  if (typeof source === 'string') return readBundle(source);
  checkOptions('loadPolicy', source, partNames);
  if (!(source.wasm instanceof Uint8Array)) throw new InvalidOptionError('loadPolicy.wasm', 'bytes', source.wasm);
  const where = 'memory';
  if (!isObject(source.data) || findJsonFault(source.data, deepestData) !== undefined) {
    throw new PolicyBundleError(where, 'its data are no JSON object', correct);
  }
  return bundleOf(where, Uint8Array.from(source.wasm), structuredClone(source.data));
}

async function readBundle(folder: string): Promise<PolicyBundle> {
  const wasm = await read(folder, 'bundle/policy.wasm', rebuild);
  const manifest = parse(folder, 'bundle/manifest.json', await read(folder, 'bundle/manifest.json', rebuild), rebuild);
  const data = parse(folder, 'data.json', await read(folder, 'data.json', correct), correct);
  if (manifest.entrypoint !== entrypoint) {
    const found = JSON.stringify(manifest.entrypoint);
    throw new PolicyBundleError(folder, `the entry point of its manifest is ${found}, not "${entrypoint}"`, rebuild);
  }
  const found = sha256(wasm);
  if (manifest.wasm !== found) {
    const why = `policy.wasm has the SHA-256 ${found.slice(0, 12)}…, which is not that of its manifest`;
    throw new PolicyBundleError(folder, why, rebuild);
  }
  return bundleOf(folder, wasm, data);
}

function bundleOf(where: string, wasm: Uint8Array, data: JsonObject): PolicyBundle {
  return { where, wasm, data, hash: sha256(`${sha256(wasm)}${hashOf(data)}`) };
}

async function read(folder: string, name: string, remedy: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new PolicyBundleError(folder, `${name} cannot be read: ${reasonOf(error)}`, remedy, error);
  }
}

function parse(folder: string, name: string, bytes: Buffer, remedy: string): JsonObject {
  let value: unknown;
  try {
    value = parseJsonText(bytes);
  } catch (error) {
    throw new PolicyBundleError(folder, `${name} is no JSON: ${reasonOf(error)}`, remedy, error);
  }
  if (!isObject(value)) throw new PolicyBundleError(folder, `${name} is no JSON object`, remedy);
  return value as JsonObject;
}
