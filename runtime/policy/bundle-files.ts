/** Reads the files of a policy from the disk: those of a folder, or the one that holds them all. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../core/errors.ts';
import { PolicyBundleError } from './policy-errors.ts';

export type BundleFile = 'wasm' | 'manifest' | 'data';

/** Where they are in a folder of policies. */
export const bundleNames: Readonly<Record<BundleFile, string>> = {
  wasm: 'bundle/policy.wasm',
  manifest: 'bundle/manifest.json',
  data: 'data.json',
};

/**
 * @param where how the caller named the path
 * @returns the files of a folder; the bytes of a file. @throws PolicyBundleError
 */
export async function readBundleFiles(
  path: string,
  where: string,
  remedies: Readonly<Record<BundleFile, string>>,
): Promise<Readonly<Record<BundleFile, Uint8Array>> | Uint8Array> {
  const read = async (from: string, name: string, remedy: string): Promise<Uint8Array> => {
    try {
      return await readFile(from);
    } catch (error) {
      throw new PolicyBundleError(where, `${name} cannot be read: ${reasonOf(error)}`, remedy, error);
    }
  };
  const found = await stat(path).catch((error: unknown) => {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `there is no "${path}"` : reasonOf(error);
    throw new PolicyBundleError(where, why, 'give the path of a folder of policies, or of a packed bundle', error);
  });
  if (!found.isDirectory()) return read(path, path, remedies.wasm);
  const of = (file: BundleFile): Promise<Uint8Array> =>
    read(join(path, bundleNames[file]), bundleNames[file], remedies[file]);
  return { wasm: await of('wasm'), manifest: await of('manifest'), data: await of('data') };
}
