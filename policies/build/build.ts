/** `npm run policies:build`: compiles the policies into `policies/bundle`, which is committed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, policies } from './compile.ts';

const { wasm, manifest } = await compile();
const folder = join(policies, 'bundle');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'policy.wasm'), wasm);
await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
process.stdout.write(`${join(folder, 'policy.wasm')}: ${wasm.length} bytes, ${manifest.wasm}\n`);
