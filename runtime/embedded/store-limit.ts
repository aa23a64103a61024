/**
 * Decides how much an embedded nats-server may store on disk. Reservations of streams must stay within the limit: a server whose
 * limit shrank below them still serves, but can no longer create or change streams. The limit is thus recorded, and a fuller disk
 * never lowers it.
 */
import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** The server's own rule: a quarter of the free space stays free. */
const share = 0.75;
/** What a mesh reserved before limits were recorded, with a margin. */
const unwrittenBytes = 6 * 1024 ** 3;

export interface StoreFacts {
  readonly freeBytes: number;
  /** The limit of the previous server of this folder; `undefined`: none was recorded. */
  readonly before: number | undefined;
  /** True when the folder already has a store. */
  readonly hasStore: boolean;
}

/** Returns the limit in whole bytes. Pure. */
export function storeLimit({ freeBytes, before, hasStore }: StoreFacts): number {
  const kept = before ?? (hasStore ? unwrittenBytes : 0);
  return Math.max(kept, Math.floor(freeBytes * share), 1);
}

/** Returns the free bytes of the file system of the folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Collects the facts. @param config the configuration file of the server, of this start or the one before */
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
