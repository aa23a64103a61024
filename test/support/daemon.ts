/** Runs a daemon like a service manager or a terminal does: with a chosen standard output, with a wrapper, with signals to a process or its group. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { compiled } from '../setup/compiled.ts';
import { freePort } from './free-port.ts';
import { until } from './jetstream-rig.ts';

export interface DaemonSettings {
  readonly app: string;
  readonly nats: string;
  readonly mesh: string;
  readonly drainSeconds: number;
  readonly stdio?: SpawnOptions['stdio'];
  /** The words before `run`: the compiled command by default. */
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const shipped: readonly string[] = [process.execPath, `${compiled}/runtime/cli/parley.js`];

export class Daemon {
  readonly process: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  private constructor(process: ChildProcess, port: number) {
    this.process = process;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.ended = new Promise((resolve) => process.on('exit', (code, signal) => resolve({ code, signal })));
  }

  /** Resolves when it serves. */
  static async start({
    app,
    nats,
    mesh,
    drainSeconds,
    stdio,
    command = shipped,
    env,
  }: DaemonSettings): Promise<Daemon> {
    const port = await freePort();
    const words = ['run', app, '--http', `127.0.0.1:${port}`, '--drain', String(drainSeconds)];
    const [program = '', ...rest] = command;
    const child = spawn(program, [...rest, ...words], {
      env: { ...process.env, NATS_URL: nats, REDIS_URL: '', PARLEY_MESH: mesh, ...env },
      stdio: stdio ?? ['ignore', 'pipe', 'pipe'],
      // its own process group, as a shell gives to each job
      detached: true,
    });
    onTestFinished(() => killGroup(child.pid));
    const daemon = new Daemon(child, port);
    await until('the daemon serves', () => daemon.isReady());
    return daemon;
  }

  async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
    return answer?.status === 200;
  }

  async isServing(): Promise<boolean> {
    return (await fetch(`${this.url}/healthz`).catch(() => undefined)) !== undefined;
  }

  async send(type: string, to = 'worker'): Promise<number> {
    const body = JSON.stringify({ to_agent: to, intent_type: type });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${this.url}/v1/intents`, { method: 'POST', body, headers })).status;
  }

  async gauge(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  /** Opens a connection that sends this text, then stays silent. */
  async socket(said: string): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    if (said !== '') await new Promise((resolve) => socket.write(said, resolve));
    return socket;
  }

  /** Sends a signal to the process, or to its whole group, like Ctrl-C at a terminal. */
  signal(signal: NodeJS.Signals, whom: 'process' | 'group' = 'process'): void {
    const pid = this.process.pid ?? 0;
    process.kill(whom === 'group' ? -pid : pid, signal);
  }

  /** Stops the daemon. @returns the milliseconds that it took */
  async stop(signal: NodeJS.Signals = 'SIGTERM', whom: 'process' | 'group' = 'process'): Promise<number> {
    const from = performance.now();
    this.signal(signal, whom);
    await this.ended;
    return performance.now() - from;
  }
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // all of them have ended
  }
}
