/** A node with a gateway in a process of its own: one that ends is started again with a mesh of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProbeAnswer, Reading } from '../../../bench/soak/probe.ts';
import type { ConfigFile } from '../../../runtime/cli/daemon-config.ts';
import type { Health } from '../../../runtime/node/health.ts';
import { keepOutput } from '../../../runtime/testing/chaos/child-log.ts';
import { DoorFault, hangMs } from '../door.ts';
import { executionsVariable } from './executions.ts';

export interface NodePlace {
  /** Of the nats-server. */
  readonly url: string;
  readonly folder: string;
}

const program = fileURLToPath(new URL('../../../runtime/cli/parley.ts', import.meta.url));
const app = fileURLToPath(new URL('app.ts', import.meta.url));
export const partitions = 4;
/** Clients are not held up: every input is to reach what is behind the bucket. */
const config: ConfigFile = { ingress: 'off', log: 'warn', drainSeconds: 5, partitions };
const keptChars = 4_000;
const lookMs = 20;
/** A process whose sockets were closed takes so long to be gone. */
const endMs = 1_000;

export class FuzzedNode implements AsyncDisposable {
  readonly #place: NodePlace;
  #runs = 0;
  #running: Running | undefined;
  #starting: Promise<Running> | undefined;

  constructor(place: NodePlace) {
    this.#place = place;
  }

  /** Starts one when none runs. */
  async ready(): Promise<Running> {
    if (this.#running?.hasEnded === false) return this.#running;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<Running> {
    const { url, folder } = this.#place;
    const mesh = `fuzz_${++this.#runs}`;
    const executions = join(folder, `${mesh}.executions`);
    const file = join(folder, `${mesh}.config.json`);
    await writeFile(executions, '');
    await writeFile(file, JSON.stringify(config));
    const words = ['--mesh', mesh, 'run', app, '--config', file, '--http', '127.0.0.1:0'];
    const child = fork(program, words, {
      // nothing from the environment of the run: none of its servers, tokens or Redis
      env: { PATH: process.env.PATH, NATS_URL: url, [executionsVariable]: executions },
      execArgv: [...new Set([...process.execArgv, '--expose-gc'])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#running = await Running.of(child, mesh, executions, join(folder, `${mesh}.log`));
    return this.#running;
  }
}

/** One process. */
export class Running implements AsyncDisposable {
  readonly mesh: string;
  /** File of what its agents executed. */
  readonly executions: string;
  readonly #child: ChildProcess;
  #lastErrors = '';
  readonly #ended: Promise<void>;
  #how: string | undefined;
  #port = 0;

  static async of(child: ChildProcess, mesh: string, executions: string, log: string): Promise<Running> {
    const running = new Running(child, mesh, executions, log);
    await running.while(running.#serving());
    return running;
  }

  private constructor(child: ChildProcess, mesh: string, executions: string, log: string) {
    this.#child = child;
    this.mesh = mesh;
    this.executions = executions;
    process.once('exit', () => child.kill('SIGKILL'));
    this.#ended = once(child, 'exit').then(([code, signal]) => {
      this.#how = String(code ?? signal);
    });
    keepOutput(child, log, (line) => this.#hear(line));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastErrors = `${this.#lastErrors}${chunk}`.slice(-keptChars);
    });
  }

  get hasEnded(): boolean {
    return this.#how !== undefined;
  }

  /** Where it takes HTTP. */
  get port(): number {
    return this.#port;
  }

  /** @throws DoorFault when the process ends meanwhile, whatever else that makes of the work; and what the work throws */
  async while<T>(work: Promise<T>): Promise<T> {
    const over = this.#ended.then((): never => this.#throwEnd());
    try {
      return await Promise.race([work, over]);
    } catch (error) {
      await Promise.race([this.#ended, pause(endMs)]);
      return this.hasEnded ? this.#throwEnd() : Promise.reject(error);
    }
  }

  async health(): Promise<Health> {
    const url = `http://127.0.0.1:${this.#port}/healthz`;
    const answer = await this.while(fetch(url, { signal: AbortSignal.timeout(hangMs) }));
    return (await answer.json()) as Health;
  }

  /** What it keeps, after a collection. */
  async reading(): Promise<Reading> {
    const answered = once(this.#child, 'message') as Promise<[ProbeAnswer]>;
    this.#child.send({ kind: 'probe' });
    return (await this.while(answered))[0].reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #throwEnd(): never {
    throw new DoorFault(`the node ended (${this.#how}); it said last:\n${this.#lastErrors}`);
  }

  #hear(line: string): void {
    const port = / intents at http:\S+:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) this.#port = Number(port);
  }

  /** It says its address before that it is ready, and by another way. */
  async #serving(): Promise<void> {
    await once(this.#child, 'message');
    while (this.#port === 0) await pause(lookMs);
  }
}
