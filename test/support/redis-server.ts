/** A real Redis on a free port that tests kill, stop and restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DebianProgram, debianProgram, type RunnableProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { halt } from './halt.ts';
import { until } from './jetstream-rig.ts';
import { orSkip, type Skippable } from './or-skip.ts';

export const redisProgram: DebianProgram = {
  name: 'redis-server',
  packages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libssl3', 'libsystemd0'],
  path: 'usr/bin/redis-server',
};

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #program: RunnableProgram;
  readonly #words: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, program: RunnableProgram, words: readonly string[]) {
    this.port = port;
    this.#program = program;
    this.#words = words;
  }

  /** Starts a server. @param test skipped when there is no Redis, and none can be fetched */
  static async start(test: Skippable, ...words: readonly string[]): Promise<RedisServer> {
    const program = await orSkip(test, debianProgram(redisProgram));
    const server = new RedisServer(await freePort(), program, words);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { path, env } = this.#program;
    const words = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      ...this.#words,
    ];
    this.#process = spawn(path, words, { env, stdio: 'ignore' });
    await until('Redis listens', () => accepts(this.port));
  }

  /** Stops the process (SIGSTOP); resolves when it has stopped. */
  async halt(): Promise<void> {
    const pid = this.#process?.pid;
    if (pid !== undefined) await halt(pid);
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    if (killed === undefined || killed.exitCode !== null) return;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
