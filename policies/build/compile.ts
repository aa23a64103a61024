/** From `policies/*.rego` to the bundle that is committed: the same sources give the same bytes. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { entrypoint, type PolicyManifest, sha256 } from '../../runtime/policy/bundle.ts';
import { findOpa, opa, opaVersion } from './opa.ts';

export const policies: string = resolve(import.meta.dirname, '..');

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly manifest: PolicyManifest;
}

async function sources(): Promise<readonly string[]> {
  const names = await readdir(policies);
  return names.filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego')).sort();
}

export async function compile(): Promise<Compiled> {
  const files = await sources();
  const folder = await mkdtemp(join(tmpdir(), 'parley-policies-'));
  try {
    const bundle = join(folder, 'bundle.tar.gz');
    await opa(await findOpa(), ['build', '-t', 'wasm', '-e', entrypoint, '-o', bundle, ...files], policies);
    await promisify(execFile)('tar', ['-xzf', bundle, '-C', folder]);
    const wasm = await readFile(join(folder, 'policy.wasm'));
    const hashed = files.map(async (name) => [name, sha256(await readFile(join(policies, name)))] as const);
    const manifest = {
      entrypoint,
      wasm: sha256(wasm),
      sources: Object.fromEntries(await Promise.all(hashed)),
      opa: opaVersion,
    };
    return { wasm, manifest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
