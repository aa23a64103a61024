/** Small JSON files that several processes read: a reader sees the whole of one or nothing. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';

/** Written beside, under a name that only this call uses, and renamed. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const beside = besideOf(path);
  await writeFile(beside, JSON.stringify(value));
  await rename(beside, path);
}

/** `undefined` for a file that is not there or holds no JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

let written = 0;

/** A name next to `path` that no other process, thread or call uses. */
export const besideOf = (path: string): string => `${path}.${process.pid}-${threadId}-${written++}`;
