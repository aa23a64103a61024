/** Opens a compiled policy, wherever it is: WebAssembly with its expected hash, and the data that users change. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf } from '../core/canonical-json.ts';
import { InvalidOptionError, reasonOf } from '../core/errors.ts';
import { findJsonFault, isObject, type JsonObject } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { type BundleFile, bundleNames, readBundleFiles } from './bundle-files.ts';
import { unpackBundle } from './packed-bundle.ts';
import { PolicyBundleError } from './policy-errors.ts';

/**
 * - A path, relative to the working directory, or a `file:` URL: of a folder of policies, with `data.json` and what
 *   `parley policy build` makes of it in `bundle/`; or of the one file that `parley policy build --out` writes.
 * - The bytes of that file.
 * - Its parts, already trusted.
 */
export type PolicySource = string | URL | Uint8Array | PolicyParts;

export interface PolicyParts {
  readonly wasm: Uint8Array;
  readonly data: JsonObject;
}

export interface PolicyBundle extends PolicyParts {
  readonly where: string;
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

const inMemory = 'memory';
const rebuild = 'restore it from where it came from, or make it anew with "parley policy build"';
const correct = 'correct it: it holds the settings that the rules read, as the README beside them says';
const remedies: Readonly<Record<BundleFile, string>> = { wasm: rebuild, manifest: rebuild, data: correct };
const deepestData = 64;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const partNames = namesOf<PolicyParts>({ wasm: true, data: true });

/** @throws PolicyBundleError, InvalidOptionError */
export async function openBundle(source: PolicySource): Promise<PolicyBundle> {
  if (typeof source === 'string' || source instanceof URL) return atPath(pathOf(source), String(source));
  if (source instanceof Uint8Array) return unpacked(inMemory, source);
  checkOptions('loadPolicy', source, partNames);
  if (!(source.wasm instanceof Uint8Array)) throw new InvalidOptionError('loadPolicy.wasm', 'bytes', source.wasm);
  if (!isObject(source.data) || findJsonFault(source.data, deepestData) !== undefined) {
    throw new PolicyBundleError(inMemory, 'its data are no JSON object', correct);
  }
  return bundleOf(inMemory, Uint8Array.from(source.wasm), structuredClone(source.data));
}

/** @throws InvalidOptionError for a URL of another kind */
function pathOf(source: string | URL): string {
  if (typeof source === 'string' && !source.startsWith('file:')) return resolve(source);
  try {
    return fileURLToPath(source);
  } catch {
    throw new InvalidOptionError('loadPolicy', 'a path, a "file:" URL, bytes, or {wasm, data}', String(source));
  }
}

async function atPath(path: string, where: string): Promise<PolicyBundle> {
  const found = await readBundleFiles(path, where, remedies);
  return found instanceof Uint8Array ? unpacked(where, found) : checked(where, found);
}

/** A bundle that `opa build` packed has no manifest of ours; what packs it detects changed bytes. */
function unpacked(where: string, bytes: Uint8Array): PolicyBundle {
  const { wasm, data, manifest } = unpackBundle(where, bytes, rebuild);
  if (manifest !== undefined) return checked(where, { wasm, data, manifest });
  return bundleOf(where, wasm, parse(where, 'data', data));
}

function checked(where: string, files: Readonly<Record<BundleFile, Uint8Array>>): PolicyBundle {
  const { wasm } = files;
  const manifest = parse(where, 'manifest', files.manifest);
  const data = parse(where, 'data', files.data);
  if (manifest.entrypoint !== entrypoint) {
    const found = JSON.stringify(manifest.entrypoint);
    throw new PolicyBundleError(where, `the entry point of its manifest is ${found}, not "${entrypoint}"`, rebuild);
  }
  const found = sha256(wasm);
  if (manifest.wasm !== found) {
    const why = `policy.wasm has the SHA-256 ${found.slice(0, 12)}…, which is not that of its manifest`;
    throw new PolicyBundleError(where, why, rebuild);
  }
  return bundleOf(where, wasm, data);
}

function bundleOf(where: string, wasm: Uint8Array, data: JsonObject): PolicyBundle {
  return { where, wasm, data, hash: sha256(`${sha256(wasm)}${hashOf(data)}`) };
}

function parse(where: string, file: BundleFile, bytes: Uint8Array): JsonObject {
  const [name, remedy] = [bundleNames[file], remedies[file]];
  let value: unknown;
  try {
    value = parseJsonText(bytes);
  } catch (error) {
    throw new PolicyBundleError(where, `${name} is no JSON: ${reasonOf(error)}`, remedy, error);
  }
  if (!isObject(value)) throw new PolicyBundleError(where, `${name} is no JSON object`, remedy);
  return value as JsonObject;
}
