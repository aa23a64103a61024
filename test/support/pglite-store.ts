/** Folders for tests: empty ones, and such as PGlite has run in before. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { startPglite } from '../../runtime/embedded/index.ts';

/** A new folder, gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A data folder in which PGlite has run before, gone after the test: making one takes seconds, copying does not. */
export async function storedFolder(): Promise<string> {
  const folder = await tempFolder();
  await fillStore(folder);
  return folder;
}

/** Makes a data folder one in which PGlite has run before. */
export async function fillStore(folder: string): Promise<void> {
  await cp(await template(), folder, { recursive: true });
}

/** Made once, and kept beside the project for all runs with this PGlite. */
async function template(): Promise<string> {
  const { version } = JSON.parse(await readFile('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const cache = resolve('.parley/test-programs');
  const made = join(cache, `pglite-store-${version}`);
  if (existsSync(made)) return made;
  await mkdir(cache, { recursive: true });
  const beside = await mkdtemp(join(cache, 'pglite-'));
  await (await startPglite({ dataDir: beside })).stop();
  await rename(beside, made).catch((error) => {
    // another test file was faster
    if (!existsSync(made)) throw error;
  });
  await rm(beside, { recursive: true, force: true });
  return made;
}
