/** Folders for tests: empty ones, and such as PGlite has run in before. */
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { templatePath } from '../setup/template-path.ts';

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
  // the lock of a run that is over is a socket, which cannot be copied
  const filter = async (path: string): Promise<boolean> => !(await lstat(path)).isSocket();
  await cp(await templatePath(), folder, { recursive: true, filter });
}
