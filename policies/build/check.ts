/** `npm run policies:check`: the policies' own tests, and whether the committed bundle is what they compile to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, policies } from './compile.ts';
import { findOpa, opa } from './opa.ts';

const path = await findOpa();
await opa(path, ['check', '--strict', '.'], policies);
process.stdout.write(await opa(path, ['test', '.', '--ignore', 'bundle'], policies));
const committed = await readFile(join(policies, 'bundle/policy.wasm'));
const said = await readFile(join(policies, 'bundle/manifest.json'), 'utf8');

/** The compiler lays some of its tables out in the order of a hash map: the same sources give one of a few variants. */
const variants = 64;

async function isCompiledFromSources(): Promise<boolean> {
  for (let n = 0; n < variants; n++) {
    const { wasm, manifest } = await compile();
    const isSame = Buffer.compare(wasm, committed) === 0 && said === `${JSON.stringify(manifest, null, 2)}\n`;
    if (isSame) return true;
  }
  return false;
}

if (await isCompiledFromSources()) process.stdout.write('the committed bundle is what the policies compile to\n');
else {
  process.stderr.write('the committed bundle is not what the policies compile to: run "npm run policies:build"\n');
  process.exitCode = 1;
}
