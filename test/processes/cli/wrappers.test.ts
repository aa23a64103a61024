/** Signals to the parent of a daemon: npm, a shell, a process group. It drains, and no process is left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { Daemon } from '../../support/daemon.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const app = 'test/processes/cli/fixtures/stubborn.ts';
let server: TestServer;
let meshes = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const commands: readonly (readonly [string, readonly string[]])[] = [
  ['node --import tsx', [process.execPath, '--import', 'tsx', 'runtime/cli/parley.ts']],
  ['npm run parley --', ['npm', 'run', '--silent', 'parley', '--']],
];

describe.each(commands)('%s', (_name, command) => {
  it.each([
    ['SIGTERM', 'process'],
    ['SIGTERM', 'group'],
    ['SIGINT', 'group'],
  ] as const)('%s to the %s drains a busy daemon', async (signal, whom) => {
    const mesh = `wrapped_${meshes++}`;
    const daemon = await Daemon.start({ app, nats: server.url, mesh, drainSeconds: 10, command });
    for (let n = 0; n < 3; n++) expect(await daemon.send('alert', `worker/k${n}`)).toBe(202);
    await daemon.stop(signal, whom);
    await until('nothing answers any more', async () => !(await daemon.isServing()));
    await using transport = await connectJetStream({ url: server.url, mesh });
    expect(await transport.bucket('registry').list('node')).toEqual([]);
    expect(await transport.pools.backlog('main')).toBe(0);
  });
});

describe('npm start', () => {
  it.each([
    ['SIGTERM', 'process'],
    ['SIGINT', 'group'],
  ] as const)('%s to the %s ends npm start, and no process of it is left', async (signal, whom) => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
    const npm = spawn('npm', ['start', '--silent', '--', '--ticks', '10000', '--data', folder], {
      env: { ...process.env, NATS_URL: server.url, DATABASE_URL: '', REDIS_URL: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const group = -(npm.pid ?? 0);
    try {
      await once(npm.stdout, 'data');
      process.kill(whom === 'group' ? group : -group, signal);
      await once(npm, 'exit');
      await until('its group is empty', () => isEmpty(group));
    } finally {
      if (!isEmpty(group)) process.kill(group, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function isEmpty(group: number): boolean {
  try {
    return !process.kill(group, 0);
  } catch {
    return true;
  }
}
