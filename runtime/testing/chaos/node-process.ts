/** One node of a run: a daemon that is killed, stopped, terminated and restarted, each time as a new incarnation. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Clock, within } from '../../core/clock.ts';
import { keepOutput } from './child-log.ts';
import { type ChaosDaemonSettings, type ClockMessage, daemonVariable } from './daemon-settings.ts';
import { endWithRun } from './end-with-run.ts';
import type { History } from './history-file.ts';
import type { BreakName } from './seams.ts';
import { siblingProgram } from './sibling-program.ts';

export interface NodePlan {
  readonly name: string;
  readonly app: string;
  readonly folder: string;
  readonly historyFolder: string;
  /** The value for `NATS_URL`. */
  readonly nats: string;
  /** The path of the configuration file of the daemon. */
  readonly config: string;
  /** The drain time in that file. */
  readonly drainMs: number;
  readonly broken?: BreakName;
}

/** A clean end takes the drain plus the release; a busy machine may need as much again. */
const endMs = 15_000;
const restartMs = 1_000;

export class NodeProcess implements AsyncDisposable {
  readonly #plan: NodePlan;
  readonly #history: History;
  readonly #clock: Clock;
  #incarnation = 0;
  #child: ChildProcess | undefined;
  #gateway: string | undefined;
  #nodeId: string | undefined;
  #isReady = false;
  #isNoted = false;
  #isAsked = false;

  constructor(plan: NodePlan, history: History, clock: Clock) {
    this.#plan = plan;
    this.#history = history;
    this.#clock = clock;
  }

  /** The name of the incarnation, as in the history. */
  get process(): string {
    return `${this.#plan.name}.${this.#incarnation}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** True once it has reported that it serves or stands by. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The HTTP address; `undefined` until it reports one. */
  get gateway(): string | undefined {
    return this.#gateway;
  }

  /** The runtime's id of the node, once it has reported it. */
  get nodeId(): string | undefined {
    return this.#nodeId;
  }

  start(): void {
    if (this.#child !== undefined) return;
    const { app, nats, folder, historyFolder, config, broken } = this.#plan;
    this.#incarnation++;
    const settings: ChaosDaemonSettings = {
      app,
      history: historyFolder,
      process: this.process,
      config,
      ...(broken === undefined ? {} : { broken }),
    };
    const child = fork(siblingProgram(import.meta.url, 'chaos-daemon'), [], {
      // isolates the node from the caller's environment: no server, token or Redis of theirs
      env: { PATH: process.env.PATH, NATS_URL: nats, [daemonVariable]: JSON.stringify(settings) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    endWithRun(child);
    [this.#isAsked, this.#isNoted] = [false, false];
    const name = this.process;
    this.#history.add({ event: 'process', process: name, phase: 'started' });
    keepOutput(child, join(folder, `${name}.log`), (line) => {
      if (this.#child === child) this.#hear(line);
    });
    child.on('message', () => {
      if (this.#child !== child) return;
      this.#isReady = true;
      this.#noteReady();
    });
    child.once('exit', (code, signal) => {
      const asked = this.#isAsked;
      this.#history.add({ event: 'process', process: name, phase: 'ended', how: String(code ?? signal), asked });
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#gateway = undefined;
      this.#nodeId = undefined;
      this.#isReady = false;
      // restarts a daemon that ended by itself, like a service manager
      if (!asked) this.#clock.after(restartMs, () => this.start());
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#isAsked = true;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Sends SIGTERM. Resolves when it has ended; kills it when it does not, which is a violation. */
  async terminate(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#isAsked = true;
    const ended = once(child, 'exit').then(() => true);
    child.kill('SIGTERM');
    if ((await within(this.#clock, this.#plan.drainMs + endMs, ended)) === true) return;
    this.#isAsked = false;
    child.kill('SIGKILL');
    await ended;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  stepClock(offsetMs: number): void {
    const message: ClockMessage = { kind: 'clock', offsetMs };
    if (this.#child?.connected === true) this.#child.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.kill();
  }

  #hear(line: string): void {
    this.#gateway ??= / intents at (http:\S+)$/.exec(line)?.[1];
    this.#nodeId ??= /\b(node-[0-9a-f-]{36})\b/.exec(line)?.[1];
    this.#noteReady();
  }

  /** Records readiness with the id: they arrive on different channels. */
  #noteReady(): void {
    const node = this.#nodeId;
    if (!this.#isReady || node === undefined || this.#isNoted) return;
    this.#isNoted = true;
    this.#history.add({ event: 'process', process: this.process, phase: 'ready', node });
  }
}
