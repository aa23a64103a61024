/** Helpers for tests of the embedded server: folders, programs that pretend to be others, views of processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection } from 'nats';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../runtime/core/clock.ts';
import type { ServiceUrl } from '../../../runtime/core/service-url.ts';
import type { SearchContext } from '../../../runtime/embedded/nats-source.ts';
import { identityOf, isAlive } from '../../../runtime/embedded/process-identity.ts';
import { serversOf } from '../../../runtime/transport/jetstream/connection-settings.ts';

/** The real one, which the set-up of this project found. */
export function realServer(): string {
  const path = process.env.PARLEY_NATS_SERVER;
  if (path === undefined) throw new Error('test/setup/nats-server.ts has not run');
  return path;
}

/** A new folder, gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A shell script under the name of a program. */
export async function script(path: string, ...lines: readonly string[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
  return path;
}

/** Says that it is nats-server of this version, and can do nothing else. */
export const fakeServer = (path: string, version: string): Promise<string> =>
  script(path, `echo "nats-server: v${version}"`);

export interface Bench {
  readonly context: SearchContext;
  readonly said: string[];
}

/** What a source is given, with `env` for its environment. */
export async function searchBench(env: NodeJS.ProcessEnv, clock: Clock = systemClock): Promise<Bench> {
  const said: string[] = [];
  const cacheDir = join(await tempFolder(), 'nats-server');
  return { said, context: { clock, env, cacheDir, say: (line) => said.push(line) } };
}

export async function withClient<T>(url: string | ServiceUrl, use: (client: NatsConnection) => Promise<T>): Promise<T> {
  const client = await connect(serversOf(url));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Stores a message in a stream of its own. */
export const keep = (url: string | ServiceUrl, text: string): Promise<unknown> =>
  withClient(url, async (client) => {
    await (await client.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept'] });
    return client.jetstream().publish('kept', text);
  });

/** What `keep` stored first. */
export const kept = (url: string | ServiceUrl): Promise<string> =>
  withClient(url, async (client) => {
    const message = await (await client.jetstreamManager()).streams.getMessage('KEPT', { seq: 1 });
    return message.string();
  });

/** A promise, and what resolves it: for callbacks. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export interface Parent {
  readonly process: ChildProcess;
  readonly server: { readonly url: string; readonly pid: number };
}

/** Another process that runs an embedded server with this data folder; `before` it stand the words of what runs it. */
export async function startParent(dataDir: string, before: readonly string[] = []): Promise<Parent> {
  const fixture = fileURLToPath(new URL('fixtures/parent.ts', import.meta.url));
  const words = [...before, process.execPath, '--import', 'tsx', fixture, realServer(), dataDir];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(60_000) });
  return { process: child, server: JSON.parse(String(line)) };
}

/** Does any process of this group live? Linux only. */
export function isGroupAlive(leader: number): boolean {
  const pids = readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  return pids.some((pid) => kinOf(pid)?.group === leader && isThere(pid));
}

/** Whether the process runs. One that has ended stays listed until its parent asks how, and counts as ended. */
export const isThere = (pid: number): boolean => isAlive(identityOf(pid));

/** Parent and group of a process: fields 4 and 5 of `/proc/<pid>/stat`. Linux only. */
function kinOf(pid: number): { readonly parent: number; readonly group: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}

/** The guard that runs a server: its parent, and the leader of its group. */
export function guardOf(server: number): number {
  const kin = kinOf(server);
  if (kin === undefined || kin.parent !== kin.group) throw new Error(`process ${server} has no guard`);
  return kin.parent;
}
