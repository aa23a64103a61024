/** A nats-server that is started and killed by the test: on one port, with one store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
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

  /** On a port that is free; not started yet. */
  static async open(): Promise<PlainServer> {
    const [found, folder] = [await findNatsServer(), await mkdtemp(join(tmpdir(), 'parley-plain-'))];
    return new PlainServer(found.path, folder, await freePort());
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

  /** Stops the process where it is (SIGSTOP): connections stay, nothing answers. Resolves when it has stopped. */
  async freeze(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid !== undefined) await halt(pid);
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
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
    await rm(this.#folder, { recursive: true, force: true });
  }
}
