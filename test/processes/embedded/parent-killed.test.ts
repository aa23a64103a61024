/** The server never outlives the process that runs it. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { DataFolderLockedError, readRunFile, startNatsServer } from '../../../runtime/embedded/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { guardOf, isGroupAlive, isThere, keep, kept, realServer, startParent, tempFolder } from './workbench.ts';

const onLinux = process.platform === 'linux';

describe('a parent killed with -9', () => {
  it.runIf(onLinux)('A parent killed with -9 ends its server within seconds, and leaves no process', async () => {
    const parent = await startParent(await tempFolder());
    const { pid } = parent.server;
    const group = guardOf(pid);
    const killed = performance.now();
    parent.process.kill('SIGKILL');
    await until('the server is gone', () => !isThere(pid));
    const took = performance.now() - killed;
    await until('its guard is gone', () => !isGroupAlive(group));
    console.log(
      `server gone ${Math.round(took)} ms after SIGKILL, its guard ${Math.round(performance.now() - killed)} ms`,
    );
  });

  it.runIf(onLinux)('A parent killed with -9 ends a server that ignores SIGTERM', async () => {
    const parent = await startParent(await tempFolder());
    const group = guardOf(parent.server.pid);
    process.kill(parent.server.pid, 'SIGSTOP');
    parent.process.kill('SIGKILL');
    await until('the server and its guard are gone', () => !isGroupAlive(group));
  });

  it('A parent killed with -9 leaves a folder that is usable at once, with all confirmed messages', async () => {
    const dataDir = await tempFolder();
    const parent = await startParent(dataDir);
    await keep(parent.server.url, 'confirmed before');
    const found = await readRunFile(dataDir);
    expect([found?.pid, found?.url.revealUrl()]).toEqual([parent.server.pid, parent.server.url]);
    const exited = once(parent.process, 'exit');
    parent.process.kill('SIGKILL');
    await exited;
    expect(await readRunFile(dataDir)).toBeUndefined();
    await using server = await startNatsServer({ binary: realServer(), dataDir });
    expect(isThere(parent.server.pid)).toBe(false);
    expect(await kept(server.url)).toBe('confirmed before');
  });
});

it('A parent keeps its folder from every other process while it lives', async () => {
  const dataDir = await tempFolder();
  const parent = await startParent(dataDir);
  const error = await startNatsServer({ binary: realServer(), dataDir }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DataFolderLockedError);
  expect(error).toMatchObject({ pid: parent.process.pid, folder: dataDir });
  expect(isThere(parent.server.pid)).toBe(true);
});
