/** Small JSON files that several processes read. */
import { readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { systemRandom } from '../core/random.ts';

/** Reads a file; `undefined` when it is missing or holds no JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

let written = 0;

/** Returns a unique name next to `path`: processes of two containers may have the same pid. */
export const uniqueSiblingPath = (path: string): string =>
  `${path}.${process.pid}-${threadId}-${written++}-${systemRandom.bits32()}`;
