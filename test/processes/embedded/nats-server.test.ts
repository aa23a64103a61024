/** The life of an embedded server, with a real one. */
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../../runtime/core/clock.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { type NatsServerOptions, type NatsServerStartError, startNatsServer } from '../../../runtime/embedded/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import {
  deferred,
  guardOf,
  isGroupAlive,
  isThere,
  keep,
  kept,
  realServer,
  script,
  tempFolder,
  withClient,
} from './workbench.ts';

const onLinux = process.platform === 'linux';

async function start(more: Partial<NatsServerOptions> = {}) {
  return startNatsServer({ binary: realServer(), dataDir: await tempFolder(), ...more });
}

describe('a running server', () => {
  it('A running server accepts connections on loopback, with JetStream and messages up to 1 MiB', async () => {
    await using server = await start();
    expect(String(server.url)).toBe(`nats://127.0.0.1:${server.port}`);
    expect(server.version).toMatch(/^2\.\d+\.\d+$/);
    expect(isThere(server.pid)).toBe(true);
    await withClient(server.url, async (client) => {
      expect(client.info).toMatchObject({ jetstream: true, max_payload: 1024 * 1024, version: server.version });
    });
  });

  it('Two running servers of two meshes share a machine', async () => {
    await using first = await start();
    await using second = await start();
    expect(second.port).not.toBe(first.port);
    await keep(first.url, 'of the first');
    await keep(second.url, 'of the second');
    expect(await kept(first.url)).toBe('of the first');
    await first.stop();
    expect(await kept(second.url)).toBe('of the second');
  });

  it('A running server takes a name and a cluster', async () => {
    await using server = await start({
      serverName: 'n1',
      cluster: { name: 'three', port: -1, routes: ['nats://127.0.0.1:1'] },
    });
    await withClient(server.url, async (client) => {
      expect(client.info).toMatchObject({ server_name: 'n1', cluster: 'three' });
    });
  });

  it('A running server may have any folder', async () => {
    await using server = await start({ dataDir: join(await tempFolder(), 'with "quotes" and ünïcode $HOME') });
    await keep(server.url, 'kept');
  });

  it('A running server accepts a folder relative to the working directory', async () => {
    await using server = await start({ binary: relative(process.cwd(), realServer()) });
    expect(isThere(server.pid)).toBe(true);
  });

  it('A running server keeps its store from one start to the next', async () => {
    const dataDir = await tempFolder();
    const first = await start({ dataDir });
    await keep(first.url, 'for later');
    await first.stop();
    await using second = await start({ dataDir });
    expect(await kept(second.url)).toBe('for later');
  });
});

describe('stop', () => {
  it.runIf(onLinux)('A stopped server leaves no process', async () => {
    const server = await start();
    const guard = guardOf(server.pid);
    expect(isGroupAlive(guard)).toBe(true);
    await server.stop();
    expect(isGroupAlive(guard)).toBe(false);
  });

  it('A second stop changes nothing, and is not reported as a failure', async () => {
    const [onExit, onRestart] = [vi.fn(), vi.fn()];
    const server = await start({ onExit, onRestart });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(isThere(server.pid)).toBe(false);
    expect([onExit.mock.calls, onRestart.mock.calls]).toEqual([[], []]);
  });

  it('A stop ends a server that a debugger had stopped, too', async () => {
    const server = await start({ stopMs: 200 });
    process.kill(server.pid, 'SIGSTOP');
    await server.stop();
    expect(isThere(server.pid)).toBe(false);
  });

  it('A stop holds while the server is being restarted', async () => {
    const clock = new ManualClock();
    const server = await startOn(clock);
    process.kill(server.pid, 'SIGKILL');
    await until('it pauses before the next start', () => clock.nextIn() === 100);
    await server.stop();
    expect(clock.pending).toBe(0);
    expect(server.restarts).toBe(0);
  });
});

describe('a server killed with -9', () => {
  it('A server killed with -9 is restarted on the same port with the same store', async () => {
    const onExit = vi.fn();
    const restarted = deferred<number>();
    await using server = await start({ onExit, onRestart: restarted.resolve });
    const before = { url: server.url, pid: server.pid };
    await keep(server.url, 'still there');
    process.kill(server.pid, 'SIGKILL');
    const pid = await restarted.promise;
    expect(onExit.mock.calls).toEqual([['ended by SIGKILL']]);
    expect(pid).not.toBe(before.pid);
    expect(server).toMatchObject({ url: before.url, pid, restarts: 1 });
    expect(await kept(server.url)).toBe('still there');
  });

  it.runIf(onLinux)('A server whose guard is killed is restarted once the one without a guard is gone', async () => {
    const restarted = deferred<number>();
    await using server = await start({ onRestart: restarted.resolve });
    const { pid, url } = server;
    const guard = guardOf(pid);
    process.kill(guard, 'SIGKILL');
    await restarted.promise;
    expect(isThere(pid)).toBe(false);
    expect(server.url.revealUrl()).toBe(url.revealUrl());
  });

  it('A server is given up after ten failed starts in a row', async () => {
    const folder = await tempFolder();
    const binary = join(folder, 'nats-server');
    await symlink(realServer(), binary);
    const failed = deferred<NatsServerStartError>();
    const lines: string[] = [];
    const warn = (_fields: unknown, line: string): void => void lines.push(line);
    const log = { debug: warn, info: warn, warn, error: warn };
    const server = await start({ binary, clock: hurried, log, onFailed: failed.resolve });
    await rename(await script(join(folder, 'broken'), 'echo out of order >&2', 'exit 7'), binary);
    process.kill(server.pid, 'SIGKILL');
    expect(await failed.promise).toMatchObject({ code: 'PARLEY_NATS_SERVER_START', output: ['out of order'] });
    expect(lines.filter((line) => line === 'nats-server did not start again').length).toBe(10);
    await server.stop();
  });
});

describe('a server that cannot start', () => {
  const failing = async (more: Partial<NatsServerOptions>): Promise<unknown> =>
    start(more).then(
      (server) => server.stop(),
      (error: unknown) => error,
    );

  it('A server that cannot start reports its own last output', async () => {
    const dataDir = await tempFolder();
    await writeFile(join(dataDir, 'jetstream'), 'a file where the store should be');
    expect(await failing({ dataDir })).toMatchObject({
      code: 'PARLEY_NATS_SERVER_START',
      output: expect.arrayContaining([expect.stringMatching(/Starting nats-server/)]),
      message: expect.stringMatching(
        /^nats-server did not start: exit code 1; it said:\n.*\[FTL\] Can't start JetStream.*$/,
      ),
    });
  });

  it('A data folder that cannot be created is reported', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    expect(await failing({ dataDir: join(file, 'data') })).toMatchObject({
      code: 'PARLEY_NATS_SERVER_START',
      message: expect.stringContaining('cannot be used: ENOTDIR'),
    });
  });

  it('A configuration that cannot be written is reported, and leaves the folder unlocked', async () => {
    const dataDir = await tempFolder();
    await mkdir(join(dataDir, 'nats-server.conf'));
    expect(await failing({ dataDir })).toMatchObject({
      code: 'PARLEY_NATS_SERVER_START',
      message: expect.stringContaining('EISDIR'),
    });
    expect(await failing({ dataDir })).not.toMatchObject({ code: 'PARLEY_DATA_FOLDER_LOCKED' });
  });

  it('A garbage or missing binary is reported', async () => {
    const garbage = join(await tempFolder(), 'nats-server');
    await writeFile(garbage, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]), { mode: 0o755 });
    for (const version of ['2.15.1', undefined]) {
      for (const binary of [garbage, '/nowhere/nats-server']) {
        const given = version === undefined ? { binary } : { binary, version };
        expect(await failing(given)).toMatchObject({ code: 'PARLEY_NATS_SERVER_START' });
      }
    }
  });

  it('A taken port is reported', async () => {
    await using other = await start();
    expect(await failing({ port: other.port })).toMatchObject({
      output: expect.arrayContaining([expect.stringContaining('address already in use')]),
    });
  });

  it('A server that does not start within a minute is given up, and ended', async () => {
    const clock = new ManualClock();
    const folder = await tempFolder();
    const binary = await script(join(folder, 'silent'), `echo $$ > ${folder}/pid`, 'exec sleep 600');
    const failure = failing({ binary, version: '2.15.1', clock });
    await until('it runs', () => clock.nextIn() === 60_000);
    clock.advance(60_000);
    expect(await failure).toMatchObject({ message: expect.stringContaining('not ready within 60 s') });
    expect(clock.pending).toBe(0);
  });
});

/** The real clock, on which pauses between starts take a hundredth. */
const hurried: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms <= 2_000 ? ms / 100 : ms, run),
};

/** A start polls for the file of ports; a clock that stands still is moved here. */
async function startOn(clock: ManualClock) {
  let started = false;
  const starting = start({ clock }).finally(() => {
    started = true;
  });
  await until('it is started', () => {
    if (clock.nextIn() === 10) clock.advance(10);
    return started;
  });
  return starting;
}
