/** Folders for tests: empty ones, and such as PGlite has run in before. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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
  await cp(await templatePath(), folder, { recursive: true });
}

/** Before any test: kept beside the project for all runs with this PGlite. */
export async function makeTemplate(): Promise<void> {
  const made = await templatePath();
  if (existsSync(made)) return;
  await mkdir(dirname(made), { recursive: true });
  const beside = await mkdtemp(join(dirname(made), 'pglite-'));
  await (await startPglite({ dataDir: beside })).stop();
  await rename(beside, made);
}

async function templatePath(): Promise<string> {
  const { version } = JSON.parse(await readFile('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  return resolve('.parley/test-programs', `pglite-store-${version}`);
}
