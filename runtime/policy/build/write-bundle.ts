/** Writes a compiled policy: into the folder of its rules, or packed into one file. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import { bundleNames } from '../bundle-files.ts';
import { packBundle } from '../packed-bundle.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { PolicyFolder } from './policy-folder.ts';

/** The place for what was compiled cannot be written. */
export class PolicyOutputError extends ParleyError {
  constructor(path: string, cause: unknown) {
    const remedy = 'name a place where this user may write';
    super('PARLEY_POLICY_OUTPUT', `"${path}" cannot be written: ${reasonOf(cause)}; ${remedy}`, { cause });
  }
}

const manifestText = ({ manifest }: CompiledPolicy): Uint8Array =>
  Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);

/** @returns the paths of the files. @throws PolicyOutputError */
export async function writeBundleFolder(folder: string, compiled: CompiledPolicy): Promise<readonly string[]> {
  const [wasm, manifest] = [join(folder, bundleNames.wasm), join(folder, bundleNames.manifest)];
  await replace(wasm, compiled.wasm);
  await replace(manifest, manifestText(compiled));
  return [wasm, manifest];
}

/** @returns the paths of the files. @throws PolicyOutputError */
export async function writePackedBundle(
  file: string,
  { data }: PolicyFolder,
  compiled: CompiledPolicy,
): Promise<readonly string[]> {
  const parts = { wasm: compiled.wasm, manifest: manifestText(compiled), data: Buffer.from(JSON.stringify(data)) };
  await replace(file, packBundle(parts));
  return [file];
}

/** Writes a new file, then renames it: a reader never sees half a file. */
async function replace(path: string, content: Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(fresh, content);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw new PolicyOutputError(path, error);
  }
}
