/**
 * How much an embedded nats-server may keep on disk. What streams have reserved must stay within it: a server whose limit shrank
 * below that serves on, but makes and changes no stream any more. So the limit is written down, and a fuller disk never lowers it.
 */
import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** The server's own rule: a quarter of what is free stays free. */
const share = 0.75;
/** What a mesh reserved before limits were written down, and some more. */
const unwrittenBytes = 6 * 1024 ** 3;

export interface StoreFacts {
  readonly freeBytes: number;
  /** The limit of the server that ran with this folder before; `undefined`: none was written down. */
  readonly before: number | undefined;
  /** Something is stored already. */
  readonly hasStore: boolean;
}

/** Whole bytes. Pure. */
export function storeLimit({ freeBytes, before, hasStore }: StoreFacts): number {
  const kept = before ?? (hasStore ? unwrittenBytes : 0);
  return Math.max(kept, Math.floor(freeBytes * share), 1);
}

/** Of the file system that the folder is on. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @param config the server's configuration file, of this start or the one before */
export async function storeFacts(folder: string, config: string, store: string, free: number): Promise<StoreFacts> {
  const [written, hasStore] = [await textOf(config), await exists(join(folder, store))];
  const before = /^\s*max_file_store: (\d+)$/m.exec(written)?.[1];
  return { freeBytes: free, before: before === undefined ? undefined : Number(before), hasStore };
}

async function textOf(path: string): Promise<string> {
  return (await exists(path)) ? readFile(path, 'utf8') : '';
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
