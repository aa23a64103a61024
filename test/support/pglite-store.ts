/** Data folders for tests: empty, or already used by PGlite. */
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { templatePath } from '../setup/template-path.ts';

/** Creates a new folder, removed after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Creates a data folder that PGlite has used, removed after the test: creating a store takes seconds, copying one does not. */
export async function storedFolder(): Promise<string> {
  const folder = await tempFolder();
  await fillStore(folder);
  return folder;
}

/** Copies the store into a folder, as if PGlite had run there. */
export async function fillStore(folder: string): Promise<void> {
  // the lock of a finished run is a socket, which cannot be copied
  const filter = async (path: string): Promise<boolean> => !(await lstat(path)).isSocket();
  await cp(await templatePath(), folder, { recursive: true, filter });
}
