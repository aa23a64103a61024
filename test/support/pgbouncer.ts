/** A real PgBouncer in front of a Postgres, as Debian installs it: it accepts no startup parameters except its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianProgram, debianProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';
import { orSkip, type Skippable } from './or-skip.ts';

const program: DebianProgram = {
  name: 'pgbouncer',
  packages: ['pgbouncer', 'libc-ares2', 'libevent-2.1-7', 'libssl3', 'libsystemd0', 'libpam0g'],
  path: 'usr/sbin/pgbouncer',
};

export interface PgBouncer extends AsyncDisposable {
  readonly url: string;
}

/** Starts it. @param port of Postgres. @param settings lines of its section `[pgbouncer]` */
export async function startPgBouncer(
  test: Skippable,
  port: number,
  ...settings: readonly string[]
): Promise<PgBouncer> {
  const { path, env } = await orSkip(test, debianProgram(program));
  const folder = await mkdtemp(join(tmpdir(), 'parley-pgbouncer-'));
  const own = await freePort();
  const users = join(folder, 'users.txt');
  await writeFile(users, '"postgres" "secret"\n');
  const lines = [
    '[databases]',
    `postgres = host=127.0.0.1 port=${port} dbname=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${users}`,
    ...settings,
  ];
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(path, [...(await unprivileged(folder, users, file)), file], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('PgBouncer listens', () => {
      if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${output()}`);
      return output().includes('process up');
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://postgres:secret@127.0.0.1:${own}/postgres`, [Symbol.asyncDispose]: stop };
}

/** Changes the owner of its files: PgBouncer refuses to run as root. */
async function unprivileged(...files: readonly string[]): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const nobody = 65_534;
  for (const file of files) await chown(file, nobody, nobody);
  return ['-u', 'nobody'];
}

function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  child.on('error', (error) => (output += error.message));
  return () => output;
}
