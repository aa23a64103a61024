/** SIGTERM or SIGINT while a daemon has no nats-server yet: it ends as after any requested stop, and leaves nothing running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer as createSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { compiled } from '../../setup/compiled.ts';
import { serveHttp } from '../../support/http-server.ts';
import { until } from '../../support/jetstream-rig.ts';
import { isThere, script } from '../embedded/workbench.ts';

const app = resolve('test/processes/cli/fixtures/stubborn.ts');
const preload = resolve('test/processes/cli/fixtures/release-elsewhere.mjs');
const command = [resolve(compiled, 'runtime/cli/parley.js'), 'run', app, '--drain', '600'];
/** Programs write their numbers into it: what stands there runs, and must not when the daemon has ended. */
const noting = 'echo $$ >> "$NOTES"';

let folder: string;
let programs: string;
let notes: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-early-'));
  [programs, notes] = [join(folder, 'bin'), join(folder, 'notes')];
  await mkdir(programs);
  for (const name of ['sleep', 'tar', 'mkdir']) await symlink(`/bin/${name}`, join(programs, name));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
});

const program = (name: string, ...lines: readonly string[]): Promise<string> => script(join(programs, name), ...lines);

const noRelease: RequestListener = (_request, response) => response.writeHead(404).end();

interface Started {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<readonly unknown[]>;
}

function start(env: NodeJS.ProcessEnv = {}): Started {
  const { PARLEY_NATS_SERVER: _given, ...machine } = process.env;
  const child = spawn(process.execPath, ['--import', preload, ...command], {
    cwd: folder,
    env: { ...machine, NATS_URL: '', REDIS_URL: '', PATH: programs, NOTES: notes, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  return { child, said: () => text, ended: once(child, 'exit') };
}

const noted = async (): Promise<readonly number[]> =>
  (await readFile(notes, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

const notedAtLeast = (count: number): Promise<void> =>
  until('programs run', async () => (await noted()).length >= count);

async function endsAsAsked({ child, said, ended }: Started, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  expect(await ended, said()).toEqual([0, null]);
  expect(said()).toContain(`${signal}: stopped before it served\n`);
  await until('nothing is left running', async () => !(await noted()).some(isThere));
  const cache = join(folder, '.parley', 'nats-server');
  expect(await readdir(cache).catch(() => [])).toEqual([]);
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('A daemon stopped early ends with 0 while a nats-server on PATH is asked for its version', async () => {
    await program('nats-server', noting, 'exec sleep 600');
    const started = start();
    await notedAtLeast(1);
    await endsAsAsked(started, signal);
  });

  it.each<[string, RequestListener]>([
    ['does not answer', () => undefined],
    ['stops in the middle of the archive', (_request, response) => response.write('half')],
  ])('A daemon stopped early ends with 0 while the release is fetched from a server that %s', async (_what, answer) => {
    let asked = false;
    const RELEASE_URL = await serveHttp((request, response) => {
      answer(request, response);
      asked = true;
    });
    const started = start({ RELEASE_URL });
    await until('the release is asked for', () => asked);
    await endsAsAsked(started, signal);
  });

  it('A daemon stopped early ends with 0 while apt is at work, with the processes that it has started', async () => {
    await program('apt-get', '(echo $(exec sh -c \'echo $PPID\') >> "$NOTES"; sleep 600) &', noting, 'wait');
    await symlink('/bin/sh', join(programs, 'sh'));
    const started = start({ RELEASE_URL: await serveHttp(noRelease) });
    await notedAtLeast(2);
    await endsAsAsked(started, signal);
  });

  it('A daemon stopped early ends with 0 while Go builds, with its processes, which ignore every signal that they can', async () => {
    await program('compile', "trap '' TERM INT HUP", noting, 'sleep 600; sleep 600');
    await program('go', '[ "$1" = version ] && exit 0', '[ "$1" = list ] && exit 0', noting, 'compile & wait');
    const started = start({ RELEASE_URL: await serveHttp(noRelease) });
    await notedAtLeast(2);
    await endsAsAsked(started, signal);
  });

  it.each([
    ['does not get ready', noting],
    ['does not get ready and ignores SIGTERM', `trap '' TERM; ${noting}`],
  ])('A daemon stopped early ends with 0 while a nats-server is started that %s', async (_what, first) => {
    await program('nats-server', '[ "$1" = --version ] && echo "nats-server: v2.15.1" && exit', first, 'sleep 600');
    const started = start();
    await notedAtLeast(1);
    await endsAsAsked(started, signal);
  });

  it('A daemon stopped early ends with 0 while the data folder of an ended daemon waits for its server', async () => {
    await program('nats-server', 'echo "nats-server: v2.15.1"');
    const data = join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    // what is left of an earlier owner: it takes the call, and does not say who it is
    const owner = createSocket().listen(join(data, 'lock.1'));
    const called = once(owner, 'connection');
    onTestFinished(() => void owner.close());
    const started = start({ PARLEY_DATA: data });
    const [line] = (await called) as [Socket];
    line.on('error', () => undefined);
    await endsAsAsked(started, signal);
  });
});
