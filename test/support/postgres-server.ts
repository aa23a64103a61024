/** A real Postgres on a free port that tests stop, kill and restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DebianProgram, debianProgram, type RunnableProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';
import { orSkip, type Skippable } from './or-skip.ts';

/** The server without LLVM, which is loaded only to compile queries, and that is off. */
const packages = [
  'postgresql-15',
  ...['libpq5', 'libicu72', 'libxml2', 'libssl3', 'liblz4-1', 'libzstd1', 'libpam0g', 'libselinux1', 'libuuid1'],
  ...['libsystemd0', 'libldap-2.5-0', 'libsasl2-2', 'libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0'],
  ...['libcom-err2', 'libkeyutils1'],
];
export const postgresProgram: DebianProgram = {
  name: 'postgres',
  packages,
  path: 'usr/lib/postgresql/15/bin/postgres',
};
const password = 'secret';

interface Login {
  readonly user: string;
  readonly pass: string;
  readonly database: string;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #program: RunnableProgram;
  readonly #account: Account | undefined;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, program: RunnableProgram, account: Account | undefined) {
    this.port = port;
    this.#folder = folder;
    this.#program = program;
    this.#account = account;
  }

  /** Starts a server. @param test skipped when there is no Postgres, and none can be fetched */
  static start(test: Skippable): Promise<PostgresServer> {
    return orSkip(test, PostgresServer.make());
  }

  /** Starts a server. @throws Error when there is no Postgres */
  static async make(): Promise<PostgresServer> {
    const { path, env } = await debianProgram(postgresProgram);
    // some of its libraries are below /lib
    const libraries = env.LD_LIBRARY_PATH;
    const program =
      libraries === undefined || libraries === process.env.LD_LIBRARY_PATH
        ? { path, env }
        : { path, env: { ...env, LD_LIBRARY_PATH: `${libraries}:${libraries.replaceAll('/usr/lib/', '/lib/')}` } };
    const account = process.getuid?.() === 0 ? await unprivileged() : undefined;
    const folder = await mkdtemp(join(tmpdir(), 'parley-postgres-'));
    const server = new PostgresServer(await freePort(), folder, program, account);
    try {
      await server.#initialise();
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.urlOf({});
  }

  urlOf({ user = 'postgres', pass = password, database = 'postgres' }: Partial<Login>): string {
    return `postgres://${user}:${pass}@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'jit=off',
      'shared_buffers=16MB',
    ];
    const words = ['-D', this.#data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])];
    const server = this.#spawn(this.#program.path, words);
    this.#process = server;
    const output = collect(server);
    await until('Postgres is ready', () => {
      if (server.exitCode !== null) throw new Error(`Postgres did not start: ${output()}`);
      return output().includes('ready to accept connections');
    });
  }

  /** Stops it. `SIGINT`: it disconnects all clients and ends; `SIGKILL`: it crashes. */
  async stop(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const stopped = this.#process;
    this.#process = undefined;
    if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
    stopped.kill(signal);
    // only when its children are gone as well is the output closed
    await once(stopped, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGINT');
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #initialise(): Promise<void> {
    const passwordFile = join(this.#folder, 'password');
    await writeFile(passwordFile, password);
    if (this.#account !== undefined) await chown(this.#folder, this.#account.uid, this.#account.gid);
    const words = ['-D', this.#data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    const initdb = this.#spawn(join(dirname(this.#program.path), 'initdb'), [
      ...words,
      '-N',
      '-E',
      'UTF8',
      '--locale=C',
    ]);
    const output = collect(initdb);
    const [code] = await once(initdb, 'close');
    if (code !== 0) throw new Error(`initdb failed: ${output()}`);
  }

  #spawn(program: string, words: readonly string[]): ChildProcess {
    const { env } = this.#program;
    return spawn(program, words, { ...this.#account, env, cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** Collects its output, or the error of a failed start. */
function collect(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  child.on('error', (error) => (output += error.message));
  return () => output;
}

/** Returns an unprivileged account: Postgres refuses to run as root. */
async function unprivileged(): Promise<Account> {
  const accounts = await readFile('/etc/passwd', 'utf8');
  const found = /^nobody:[^:]*:(\d+):(\d+):/m.exec(accounts);
  if (found === null) throw new Error('Postgres cannot run as root, and there is no account "nobody"');
  return { uid: Number(found[1]), gid: Number(found[2]) };
}
