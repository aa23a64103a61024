/** A real nats-server with user permissions, as an operator would configure it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../../runtime/embedded/index.ts';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface PermissionServer extends AsyncDisposable {
  /** Returns the address with the name of the user; the password is the same. */
  url(user: string): string;
}

/** Starts a server. @param users names with permissions; `undefined` for a user without restrictions */
export async function startPermissionServer(
  users: Readonly<Record<string, Permissions | undefined>>,
): Promise<PermissionServer> {
  const lines = Object.entries(users).map(([user, permissions]) =>
    JSON.stringify({ user, password: user, ...(permissions === undefined ? {} : { permissions }) }),
  );
  return startConfiguredServer(`authorization { users: [\n${lines.join('\n')}\n] }\n`);
}

/** Starts a server. @param authorization a configuration block in which each user's password is its name */
export async function startConfiguredServer(authorization: string): Promise<PermissionServer> {
  const { path } = await findNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'parley-permissions-'));
  const port = await freePort();
  const config = join(folder, 'server.conf');
  const jetstream = `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }`;
  const text = `host: "127.0.0.1"\nport: ${port}\n${jetstream}\n${authorization}`;
  await writeFile(config, text);
  const child: ChildProcess = spawn(path, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(`nats-server is ready: ${config}`, () => output.includes('Server is ready') || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`nats-server ended: ${output}`);
  return {
    url: (user) => `nats://${user}:${user}@127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
