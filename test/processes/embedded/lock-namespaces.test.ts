/** The lock of a data folder belongs to the kernel: other PID namespaces see it, and it is free when its holder is gone. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../runtime/core/clock.ts';
import { isFolderHeld, lockFolder } from '../../../runtime/embedded/folder-lock.ts';
import { DataFolderLockedError, readRunFile, startNatsServer } from '../../../runtime/embedded/index.ts';
import { realServer, startParent, tempFolder } from './workbench.ts';

const fixture = fileURLToPath(new URL('fixtures/lock-holder.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
const namespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** Only root may make namespaces, and not in every container. */
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('not tested across PID namespaces: "unshare --pid" is not allowed here');
    return false;
  }
}

function hold(folder: string, before: readonly string[] = []): ChildProcess {
  const [program = '', ...words] = [...before, process.execPath, '--import', tsx, fixture, folder];
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('it has no output');
  const [line] = await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(60_000) });
  return String(line);
}

const unshared = describe.runIf(canUnshare());

unshared('across PID namespaces', () => {
  it('One of several containers holds the lock, the others are refused, and it is free after kill -9', async () => {
    const folder = await tempFolder();
    const holder = hold(folder, namespace);
    expect(await firstLine(holder)).toBe('held by 1');
    const refused = hold(folder, namespace);
    expect(await firstLine(refused)).toMatch(/DataFolderLockedError: .* is in use by process 1; stop that one/);
    await expect(lockFolder(folder, systemClock)).rejects.toBeInstanceOf(DataFolderLockedError);
    expect(await isFolderHeld(folder)).toBe(true);
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    const lock = await lockFolder(folder, systemClock);
    expect(await firstLine(hold(folder, namespace))).toMatch(/is in use by process \d+/);
    await lock.release();
    expect(await isFolderHeld(folder)).toBe(false);
  });

  it('A lock waits for a nats-server whose parent was killed in another container', async () => {
    const dataDir = await tempFolder();
    const parent = await startParent(dataDir, namespace);
    const error = await startNatsServer({ binary: realServer(), dataDir }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataFolderLockedError);
    // its owner's number means nothing here, and it is found all the same
    expect((await readRunFile(dataDir))?.url.revealUrl()).toBe(parent.server.url);
    const ended = once(parent.process, 'exit');
    parent.process.kill('SIGKILL');
    await ended;
    await using server = await startNatsServer({ binary: realServer(), dataDir });
    expect(server.pid).toBeGreaterThan(0);
  });
});

describe('the lock after kill -9', () => {
  it('The lock is free at once after kill -9', async () => {
    const folder = await tempFolder();
    const holder = hold(folder);
    expect(await firstLine(holder)).toBe(`held by ${holder.pid}`);
    expect(await firstLine(hold(folder))).toMatch(new RegExp(`is in use by process ${holder.pid};`));
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    await (await lockFolder(folder, systemClock)).release();
  });

  it('Exactly one of two processes that start at the same time after kill -9 has the lock', async () => {
    const folder = await tempFolder();
    for (let round = 0; round < 6; round++) {
      const holders = [hold(folder), hold(folder)];
      const ended = holders.map((holder) => once(holder, 'close'));
      const said = await Promise.all(holders.map(firstLine));
      expect(said.filter((line) => line.startsWith('held by'))).toHaveLength(1);
      expect(said.filter((line) => line.startsWith('DataFolderLockedError'))).toHaveLength(1);
      for (const holder of holders) holder.kill('SIGKILL');
      await Promise.all(ended);
    }
  });
});

it('A stopped holder keeps the lock, and is named as another process', async () => {
  const folder = await tempFolder();
  const holder = hold(folder);
  await firstLine(holder);
  holder.kill('SIGSTOP');
  const error = await lockFolder(folder, systemClock).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PARLEY_DATA_FOLDER_LOCKED', pid: undefined });
  expect(String(error)).toContain('is in use by another process; stop that one');
});

it('A path longer than the address of a socket is locked like any other', async () => {
  const folder = join(await tempFolder(), 'a'.repeat(120), 'ü'.repeat(60));
  const lock = await lockFolder(folder, systemClock);
  await expect(lockFolder(folder, systemClock)).rejects.toMatchObject({ pid: process.pid });
  await lock.release();
});

describe('a folder that cannot be locked', () => {
  const failing = async (dataDir: string): Promise<string> =>
    startNatsServer({ binary: realServer(), dataDir }).then(
      async (server) => {
        await server.stop();
        return 'it started';
      },
      (error: unknown) => String(error),
    );

  it('A folder with a name that is too long cannot be locked, and the error gives reason and remedy', async () => {
    const found = await failing(join(await tempFolder(), 'x'.repeat(300)));
    expect(found).toMatch(/cannot be used: ENAMETOOLONG.*: its path is too long; name another folder with --data/);
  });

  it('A file cannot be locked as a folder, and the error gives reason and remedy', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    expect(await failing(file)).toMatch(/cannot be used: EEXIST.*: there is a file of that name; name another folder/);
  });

  const mounted = async (...options: readonly string[]): Promise<string> => {
    const folder = await tempFolder();
    execFileSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', [folder]));
    await chmod(folder, 0o700);
    return folder;
  };

  describe.runIf(canUnshare())('(mounted)', () => {
    it('A read-only folder cannot be locked, and the error gives reason and remedy', async () => {
      const folder = await mounted();
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      expect(await failing(folder)).toMatch(
        /cannot be used: .*EROFS.*: it is read-only; name another folder with --data/,
      );
      expect(await failing(join(folder, 'data'))).toMatch(/cannot be used: .*the file system above it is read-only/);
    });

    it('A folder on a full disk cannot be locked, and the error gives reason and remedy', async () => {
      const folder = await mounted('-o', 'size=16k,nr_inodes=4');
      for (const name of ['a', 'b', 'c']) await mkdir(join(folder, name));
      expect(await failing(folder)).toMatch(/cannot be used: .*ENOSPC.*: no space is left on its disk; make room/);
    });
  });
});
