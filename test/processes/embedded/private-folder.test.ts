/** Stored data belong to their user alone: whatever the umask, whatever an earlier release left, and never through a link. */
import { execFile, spawn } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import { DataFolderUnsafeError, pgliteFolder, startNatsServer, startPglite } from '../../../runtime/embedded/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { storedFolder } from '../../support/pglite-store.ts';
import { keep, realServer, tempFolder } from './workbench.ts';

const run = promisify(execFile);

/** Every path at and below `folder` that another user could use. */
function openPaths(folder: string): readonly string[] {
  const { mode } = lstatSync(folder);
  const below = (mode & 0o170000) === 0o040000 ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [...((mode & 0o077) === 0 ? [] : [folder]), ...below.flatMap(openPaths)];
}

/** Makes everything in it open to every user. */
function openAll(folder: string): void {
  const { mode } = lstatSync(folder);
  if ((mode & 0o170000) !== 0o140000) chmodSync(folder, 0o777);
  if ((mode & 0o170000) === 0o040000) for (const name of readdirSync(folder)) openAll(join(folder, name));
}

/** Runs both servers in a process with this umask, and stops them. */
async function serveWith(umask: string, dataDir: string): Promise<void> {
  const fixture = fileURLToPath(new URL('fixtures/both-servers.ts', import.meta.url));
  const words = `umask ${umask}; exec "$@"`;
  await run('/bin/sh', ['-c', words, 'sh', process.execPath, '--import', 'tsx', fixture, realServer(), dataDir]);
}

describe('a private folder', () => {
  it('No other user can use what servers store, whatever the umask', async () => {
    const dataDir = join(await tempFolder(), '.parley', 'data');
    await serveWith('000', dataDir);
    expect((await readdir(dataDir)).length).toBeGreaterThan(3);
    expect(openPaths(join(dataDir, '..'))).toEqual([]);
  });

  it('Servers can use their own files, whatever the umask', async () => {
    const dataDir = await storedFolder();
    await serveWith('277', dataDir);
    expect(openPaths(dataDir)).toEqual([]);
  });
});

describe('a folder of an earlier release, open to every user', () => {
  it('An open folder of an earlier release is closed with all its content, and used', async () => {
    const dataDir = await storedFolder();
    await serveWith('022', dataDir);
    await writeFile(join(dataDir, 'lock.99'), '');
    openAll(dataDir);
    await serveWith('022', dataDir);
    expect(openPaths(dataDir)).toEqual([]);
  });
});

describe('a refused folder', () => {
  const refused = async (dataDir: string): Promise<unknown> =>
    startNatsServer({ binary: realServer(), dataDir }).then(
      (server) => server.stop(),
      (error: unknown) => error,
    );

  it('An open folder with other content is refused, and not changed', async () => {
    const dataDir = await tempFolder();
    await writeFile(join(dataDir, 'thesis.txt'), 'x');
    await chmod(dataDir, 0o755);
    const error = await refused(dataDir);
    expect(error).toBeInstanceOf(DataFolderUnsafeError);
    expect(String(error)).toMatch(/open to other users and holds "thesis.txt"; name a folder of its own .*chmod 700/);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o755);
  });

  it('A folder for every user, such as /tmp, is refused, and not changed', async () => {
    const dataDir = await tempFolder();
    await chmod(dataDir, 0o1777);
    expect(String(await refused(dataDir))).toMatch(/it is a folder for everybody/);
    expect((await stat(dataDir)).mode & 0o7777).toBe(0o1777);
  });

  it.each([
    '',
    'jetstream',
    'ports',
    'postgres',
    'postgres/store',
    'nats-server.conf',
    'run.json',
    'jetstream/deep/link',
  ])('A symbolic link at "%s" is refused, and not changed', async (name) => {
    const [dataDir, elsewhere] = [join(await tempFolder(), 'data'), await tempFolder()];
    const link = join(dataDir, name);
    await mkdir(join(link, '..'), { recursive: true });
    await symlink(elsewhere, link);
    const error = await refused(dataDir);
    expect(error).toBeInstanceOf(DataFolderUnsafeError);
    expect(String(error)).toContain('is a symbolic link');
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('A link on the way to the folder, below the working directory, is refused', async () => {
    const [project, elsewhere] = [await tempFolder(), await tempFolder()];
    await symlink(elsewhere, join(project, '.parley'));
    const fixture = fileURLToPath(new URL('fixtures/both-servers.ts', import.meta.url));
    const tsx = import.meta.resolve('tsx');
    const started = run(process.execPath, ['--import', tsx, fixture, realServer(), '.parley/data'], { cwd: project });
    await expect(started).rejects.toThrow(/"[^"]*\/\.parley" is a symbolic link/);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('A link in the place of PGlite is refused, and not changed', async () => {
    const [dataDir, elsewhere] = [await tempFolder(), await tempFolder()];
    await symlink(elsewhere, pgliteFolder(dataDir));
    await expect(startPglite({ dataDir })).rejects.toBeInstanceOf(DataFolderUnsafeError);
    expect(await readdir(elsewhere)).toEqual([]);
  });
});

describe('the password of an embedded server', () => {
  it('nats-server refuses a client without the password, and one with another password', async () => {
    const dataDir = await tempFolder();
    await using server = await startNatsServer({ binary: realServer(), dataDir });
    const servers = server.url.describe;
    await expect(connect({ servers })).rejects.toThrow(/Authorization Violation/);
    await expect(connect({ servers, user: 'parley', pass: 'guessed' })).rejects.toThrow(/Authorization Violation/);
    await keep(server.url, 'let in');
    await using transport = await connectJetStream({ url: server.url, mesh: 'shop' });
    const { password = '' } = server.url.reveal();
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(transport.describe).not.toContain(password);
    expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(password);
  });

  it('An embedded server has another password at each start', async () => {
    const dataDir = await tempFolder();
    const passwords = new Set<unknown>();
    for (let n = 0; n < 2; n++) {
      await using server = await startNatsServer({ binary: realServer(), dataDir });
      passwords.add(server.url.reveal().password);
    }
    expect(passwords.size).toBe(2);
  });

  it('No listed process shows the password of an embedded server', async () => {
    const [dataDir, stored] = [await tempFolder(), await storedFolder()];
    await using server = await startNatsServer({ binary: realServer(), dataDir });
    await using pglite = await startPglite({ dataDir: stored });
    const { stdout } = await run('ps', ['-eo', 'args']);
    for (const { url } of [server, pglite]) expect(stdout).not.toContain(url.reveal().password);
  });
});

it.runIf(process.getuid?.() === 0)('Another user can neither read the store nor connect to the lock', async () => {
  const folder = await tempFolder();
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  await using server = await startNatsServer({ binary: realServer(), dataDir });
  expect(server.pid).toBeGreaterThan(0);
  const child = spawn('/bin/cat', [join(dataDir, 'run.json')], { uid: 65_534, gid: 65_534 });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).not.toBe(0);
});
