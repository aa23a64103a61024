/** A real nats-server with a configuration that the test changes by a reload, or by a restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../../runtime/embedded/index.ts';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';

export class ConfiguredServer implements AsyncDisposable {
  readonly port: number;
  /** The folder for files that the configuration names. */
  readonly folder: string;
  readonly #binary: string;
  #child: ChildProcess | undefined;
  #output = '';

  /** @param config everything except the address and, without its own block, JetStream */
  static async start(config: string, jetstream = ''): Promise<ConfiguredServer> {
    const [{ path }, folder] = [await findNatsServer(), await mkdtemp(join(tmpdir(), 'parley-configured-'))];
    const server = new ConfiguredServer(path, folder, await freePort());
    await server.configure(config, jetstream);
    await server.start();
    return server;
  }

  private constructor(binary: string, folder: string, port: number) {
    this.#binary = binary;
    this.folder = folder;
    this.port = port;
  }

  url(who = ''): string {
    return `nats://${who === '' ? '' : `${who}:${who}@`}127.0.0.1:${this.port}`;
  }

  /** Writes the configuration for the next start or reload. @param jetstream more lines of its block */
  async configure(config: string, jetstream = ''): Promise<void> {
    const store = `jetstream {\nstore_dir: ${JSON.stringify(join(this.folder, 'store'))}\n${jetstream}\n}`;
    const text = `host: "127.0.0.1"\nport: ${this.port}\n${store}\n${config}\n`;
    await writeFile(join(this.folder, 'server.conf'), text);
  }

  async start(): Promise<void> {
    this.#output = '';
    const child = spawn(this.#binary, ['-c', join(this.folder, 'server.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    await until(
      'nats-server is ready',
      () => this.#output.includes('Server is ready') || child.exitCode !== null,
      30_000,
    );
    if (child.exitCode !== null) throw new Error(`nats-server ended: ${this.#output}`);
  }

  async reload(): Promise<void> {
    const said = this.#output.length;
    this.#child?.kill('SIGHUP');
    await until('the configuration is read', () => this.#output.slice(said).includes('Reloaded server configuration'));
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Deletes its store; it must not run. */
  async wipe(): Promise<void> {
    await rm(join(this.folder, 'store'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Returns a user whose password is its name. */
export const user = (name: string, permissions = ''): string =>
  `{ user: ${name}, password: ${name}${permissions === '' ? '' : `, permissions: { ${permissions} }`} }`;

/** @param users of `user` */
export const users = (...list: readonly string[]): string => `authorization { users: [ ${list.join(', ')} ] }`;
