/** Creates, once for all test files, the store of PGlite that they copy, with the output of `compiled.ts`. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { compiled } from './compiled.ts';
import { templatePath } from './template-path.ts';

const program = `
const { startPglite } = await import(process.argv[1]);
await (await startPglite({ dataDir: process.argv[2] })).stop();`;

export default async function setup(): Promise<void> {
  const made = await templatePath();
  if (existsSync(made)) return;
  await mkdir(dirname(made), { recursive: true });
  const beside = await mkdtemp(join(dirname(made), 'pglite-'));
  const embedded = resolve(compiled, 'runtime/embedded/index.js');
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program, embedded, beside]);
  await rename(beside, made);
}
