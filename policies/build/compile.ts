/**
 * Compiles `policies/*.rego` into the committed bundle: equal sources give equal bytes.
 *
 * This holds while every package is a single file: OPA reads the files of a package in the order of a hash map, and its output
 * follows that order. The packages follow each other as the entry point needs them.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { hashOf } from '../../runtime/core/canonical-json.ts';
import { parseJsonText } from '../../runtime/core/json-text.ts';
import { entrypoint, type PolicyManifest, sha256 } from '../../runtime/policy/bundle.ts';
import { opa, opaVersion } from './opa.ts';

export const policies: string = resolve(import.meta.dirname, '..');

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly manifest: PolicyManifest;
}

/** Lists the source files without tests. */
export async function sources(): Promise<readonly string[]> {
  const names = await readdir(policies);
  return names.filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego')).sort();
}

/** Compiles the sources. @param path of `opa`. @throws Error with the message of the compiler */
export async function compile(path: string): Promise<Compiled> {
  const files = await sources();
  const folder = await mkdtemp(join(tmpdir(), 'parley-policies-'));
  try {
    const archive = join(folder, 'bundle.tar.gz');
    await opa(path, ['build', '-t', 'wasm', '-e', entrypoint, '-o', archive, ...files], policies);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder]);
    const wasm = await readFile(join(folder, 'policy.wasm'));
    const hashed = files.map(async (name) => [name, sha256(await readFile(join(policies, name)))] as const);
    const data = parseJsonText(await readFile(join(policies, 'data.json')));
    const manifest = {
      entrypoint,
      wasm: sha256(wasm),
      sources: Object.fromEntries(await Promise.all(hashed)),
      data: hashOf(data),
      opa: opaVersion,
    };
    return { wasm, manifest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
