/** Compiles the package once for all test files: tests run commands as shipped, and these start in a third of the time. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

export const compiled = '.parley/test-build/dist';

export default async function setup(): Promise<void> {
  await rm(compiled, { recursive: true, force: true });
  // types are checked by "npm run types"
  const words = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck', '--outDir', compiled];
  await promisify(execFile)(process.execPath, words);
}
