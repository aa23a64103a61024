/**
 * A small file system for the store of a server, so that a run can fill it without filling the disk of the machine. It is in memory,
 * which needs root on Linux. Without it, the run reports that and injects no full disk.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from '../../core/errors.ts';
import { atEnd } from './end-with-run.ts';

const run = promisify(execFile);
const mebibytes = 512;
const blockBytes = 1024 ** 2;

export class StoreDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #forget: () => void;

  /** @returns the disk, or the reason why there is none */
  static async mount(folder: string): Promise<StoreDisk | string> {
    await mkdir(folder, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'parley-chaos', folder]);
      return new StoreDisk(folder);
    } catch (error) {
      return reasonOf(error).split('\n')[0] ?? 'mount failed';
    }
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.#forget = atEnd(() => spawnSync('umount', ['-l', folder]));
  }

  /** Writes until the disk is full. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (let bytes = blockBytes; bytes >= 1; ) {
        try {
          await file.write(Buffer.alloc(bytes));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          bytes = Math.floor(bytes / 16);
        }
      }
    } finally {
      await file.close();
    }
  }

  async empty(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    await run('umount', ['-l', this.folder]);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}
