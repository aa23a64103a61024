/** A daemon under test as its parent controls it: `parley run` with the app of the soak. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConfigFile } from '../../runtime/cli/daemon-config.ts';
import { siblingProgram } from '../children/child-module.ts';
import { within } from '../measure/deadline.ts';
import { leakVariable } from './kept.ts';
import type { ProbeAnswer, ProbeRequest, Reading } from './probe.ts';

export interface DaemonPlace {
  /** The address of the nats-server. */
  readonly url: string;
  readonly mesh: string;
  /** The folder for its configuration. */
  readonly folder: string;
  /** Bytes that it leaks on purpose for every intent. */
  readonly leak: number;
  /** Otherwise V8 only interprets. */
  readonly compiled: boolean;
}

/** How it ended: 0 is correct. */
export type ExitCode = number | NodeJS.Signals;

const program = siblingProgram(import.meta.url, '../../runtime/cli/parley');
const app = siblingProgram(import.meta.url, 'app');
const config: ConfigFile = { ingress: 'off', log: 'warn', drainSeconds: 20 };

const startSeconds = 30;
const answerSeconds = 30;
/** Longer than its drain time. */
const endSeconds = 60;
const keptErrors = 20;

export class SoakDaemon implements Disposable {
  readonly #child: ChildProcess;
  readonly #errors: string[] = [];
  readonly #ended: Promise<ExitCode>;
  #gateway = '';

  /** Resolves when it serves. */
  static async start({ url, mesh, folder, leak, compiled }: DaemonPlace): Promise<SoakDaemon> {
    const file = join(folder, 'parley.config.json');
    await writeFile(file, JSON.stringify(config));
    const words = ['--mesh', mesh, 'run', fileURLToPath(app), '--config', file, '--http', '127.0.0.1:0'];
    const child = fork(program, words, {
      // isolates the daemon from the caller's environment: no server, token or Redis of theirs
      env: { NATS_URL: url, [leakVariable]: String(leak) },
      execArgv: [...new Set([...process.execArgv, '--expose-gc', ...(compiled ? [] : ['--jitless'])])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const daemon = new SoakDaemon(child);
    await daemon.#until(startSeconds, 'the start of the daemon', daemon.#ready());
    return daemon;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as ExitCode);
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#errors.push(line);
        if (this.#errors.length > keptErrors) this.#errors.shift();
      });
    }
  }

  /** The address for intents by HTTP. */
  get gateway(): string {
    return this.#gateway;
  }

  async probe(): Promise<Reading> {
    const request: ProbeRequest = { kind: 'probe' };
    const answered = once(this.#child, 'message') as Promise<[ProbeAnswer]>;
    this.#child.send(request);
    const [{ reading }] = await this.#until(answerSeconds, 'a probe of the daemon', answered);
    return reading;
  }

  /** Reads one of its metrics, like Prometheus. */
  async metric(name: string): Promise<number> {
    const answer = await this.#until(answerSeconds, 'a scrape of the daemon', fetch(`${this.#gateway}/metrics`));
    const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text())?.[1];
    if (value === undefined) throw new Error(`the daemon's metrics have no "${name}" (status ${answer.status})`);
    return Number(value);
  }

  /** Sends SIGTERM, then SIGKILL if it does not end. Resolves when it has ended. */
  async terminate(): Promise<ExitCode> {
    this.#child.kill('SIGTERM');
    const impatient = setTimeout(() => this.#child.kill('SIGKILL'), endSeconds * 1000);
    const code = await this.#ended;
    clearTimeout(impatient);
    return code;
  }

  /** Kills it at once if it still runs, after an error. */
  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  async #ready(): Promise<void> {
    const ready = once(this.#child, 'message');
    if (this.#child.stdout === null) throw new Error('the daemon has no standard output to read its address from');
    const lines = createInterface({ input: this.#child.stdout });
    const address = new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const found = / intents at (http:\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    this.#gateway = await address;
    await ready;
  }

  /** Returns nothing from a daemon that has ended. */
  #until<T>(seconds: number, what: string, wait: Promise<T>): Promise<T> {
    const over = this.#ended.then((code) => {
      throw new Error(`the daemon ended with ${code} during ${what}; it said last:\n${this.#errors.join('\n')}`);
    });
    return within(seconds, what, Promise.race([wait, over]));
  }
}
