/** A nats-server that the test starts and kills: on one port, with one store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../../runtime/embedded/index.ts';
import { freePort } from './free-port.ts';
import { halt } from './halt.ts';

export class PlainServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly #binary: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  /** Prepares a server on a free port, or the given one; does not start it. @param binary the one that all tests use by default */
  static async open(binary?: string, port?: number): Promise<PlainServer> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-plain-'));
    return new PlainServer(binary ?? (await findNatsServer()).path, folder, port ?? (await freePort()));
  }

  private constructor(binary: string, folder: string, port: number) {
    this.#binary = binary;
    this.#folder = folder;
    this.port = port;
    this.url = `nats://127.0.0.1:${port}`;
  }

  start(): void {
    const args = ['-a', '127.0.0.1', '-p', String(this.port), '-js', '-sd', this.#folder];
    this.#child = spawn(this.#binary, args, { stdio: 'ignore' });
  }

  /** Stops the process (SIGSTOP): connections stay open without answers. Resolves when it has stopped. */
  async freeze(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid !== undefined) await halt(pid);
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Copies its store as of one moment. @returns the folder of the copy */
  async copyStore(): Promise<string> {
    const copy = `${this.#folder}-copy`;
    await this.freeze();
    try {
      await cp(this.#folder, copy, { recursive: true });
    } finally {
      this.thaw();
    }
    return copy;
  }

  /** Restores the copy: later data are lost. The server must not run. */
  async putBack(copy: string): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await rename(copy, this.#folder);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    for (const folder of [this.#folder, `${this.#folder}-copy`]) await rm(folder, { recursive: true, force: true });
  }
}
