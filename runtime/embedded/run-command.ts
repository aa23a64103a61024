/** Runs a program to its end, within a time, and keeps what it said. */
import { spawn } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';

export interface Ran {
  /** `undefined`: it could not be started, or was ended at the deadline or by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code. */
  readonly failure: string | undefined;
  /** There is no such program. */
  readonly missing: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Its `PATH` is also where the program is looked for. */
  readonly env?: NodeJS.ProcessEnv;
  readonly deadlineMs: number;
}

const keptChars = 1024 * 1024;

/** Never rejects. */
export function runCommand(clock: Clock, program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    let failure: string | undefined;
    const child = start(program, args, options);
    if (typeof child === 'string') return resolve({ code: undefined, ...output, failure: child, missing: false });
    const deadline = clock.after(options.deadlineMs, () => {
      failure = `gave up after ${options.deadlineMs / 1000} s`;
      child.kill('SIGKILL');
      // Programs that it started may hold the other ends open: nobody waits for those.
      child.stdout.destroy();
      child.stderr.destroy();
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-keptChars);
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      deadline.cancel();
      resolve({ code: undefined, ...output, failure: error.message, missing: error.code === 'ENOENT' });
    });
    child.on('close', (code, signal) => {
      deadline.cancel();
      if (signal !== null) failure ??= `ended by ${signal}`;
      resolve({ code: failure === undefined ? (code ?? undefined) : undefined, ...output, failure, missing: false });
    });
  });
}

/** Some failures to start are an event, some are thrown: the text of the latter. */
function start(program: string, args: readonly string[], { cwd, env }: RunOptions): ReturnType<typeof piped> | string {
  try {
    return piped(program, args, { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) });
  } catch (error) {
    return reasonOf(error);
  }
}

const piped = (program: string, args: readonly string[], where: { cwd?: string; env?: NodeJS.ProcessEnv }) =>
  spawn(program, args, { ...where, stdio: ['ignore', 'pipe', 'pipe'] });

/** The reason in one line, for people: why it did not run, or the last thing it complained about. */
export function complaint(ran: Ran): string {
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !line.startsWith('W:')).at(-1);
  return [ran.failure, last].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}
