/** A policy in one file: a gzipped tar archive, as `opa build` writes it too. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { reasonOf } from '../core/errors.ts';
import { PolicyBundleError } from './policy-errors.ts';
import { readTar, writeTar } from './tar.ts';

interface PackedBundle {
  readonly wasm: Uint8Array;
  /** JSON, as `data.json` has it. */
  readonly data: Uint8Array;
  /** Absent in what `opa build` packed. */
  readonly manifest: Uint8Array | undefined;
}

/** An archive of a few bytes can hold gigabytes of zeros. */
const mostUnpacked = 256 * 1024 ** 2;

/** Equal parts give equal bytes. */
export function packBundle(parts: Readonly<Record<keyof PackedBundle, Uint8Array>>): Uint8Array {
  const { wasm, data, manifest } = parts;
  const files = { 'manifest.json': manifest, 'data.json': data, 'policy.wasm': wasm };
  return gzipSync(writeTar(files), { level: 9 });
}

/** @throws PolicyBundleError */
export function unpackBundle(where: string, bytes: Uint8Array, remedy: string): PackedBundle {
  const files = unpack(where, bytes, remedy);
  const [wasm, data, manifest] = ['policy.wasm', 'data.json', 'manifest.json'].map((name) => files.get(name));
  if (wasm === undefined) throw new PolicyBundleError(where, 'there is no policy.wasm in it', remedy);
  if (data === undefined) throw new PolicyBundleError(where, 'there is no data.json in it', remedy);
  return { wasm, data, manifest };
}

function unpack(where: string, bytes: Uint8Array, remedy: string): ReadonlyMap<string, Uint8Array> {
  try {
    return readTar(gunzipSync(bytes, { maxOutputLength: mostUnpacked }));
  } catch (error) {
    throw new PolicyBundleError(where, `it is no packed bundle: ${reasonOf(error)}`, remedy, error);
  }
}
