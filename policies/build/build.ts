/** `npm run policies:build`: compiles the policies into `policies/bundle`, which is committed. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../runtime/core/errors.ts';
import { compile, policies } from './compile.ts';
import { findOrInstallOpa } from './opa.ts';

const folder = join(policies, 'bundle');

/** Writes a new file, then renames it: a reader never sees half a file. */
async function replace(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder, `${name}.new`), content);
  await rename(join(folder, `${name}.new`), join(folder, name));
}

try {
  const { wasm, manifest } = await compile(await findOrInstallOpa());
  await mkdir(folder, { recursive: true });
  await replace('policy.wasm', wasm);
  await replace('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${join(folder, 'policy.wasm')}: ${wasm.length} bytes, SHA-256 ${manifest.wasm}\n`);
} catch (error) {
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
