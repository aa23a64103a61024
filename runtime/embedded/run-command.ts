/** Runs a program to its end, within a time, and keeps what it said. */
import { spawn } from 'node:child_process';
import type { Clock } from '../core/clock.ts';

export interface Ran {
  /** `undefined`: it could not be started, or was ended at the deadline. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code. */
  readonly failure: string | undefined;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly deadlineMs: number;
}

const keptChars = 1024 * 1024;

/** Never rejects. */
export function runCommand(clock: Clock, program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    let failure: string | undefined;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const deadline = clock.after(options.deadlineMs, () => {
      failure = `gave up after ${options.deadlineMs / 1000} s`;
      child.kill('SIGKILL');
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-keptChars);
      });
    }
    child.on('error', (error) => {
      deadline.cancel();
      resolve({ code: undefined, ...output, failure: error.message });
    });
    child.on('close', (code) => {
      deadline.cancel();
      resolve({ code: failure === undefined ? (code ?? undefined) : undefined, ...output, failure });
    });
  });
}

/** The reason in one line, for people: the last thing it complained about, or why it did not run. */
export function complaint(ran: Ran): string {
  const lines = `${ran.stderr}\n${ran.stdout}`.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !line.startsWith('W:')).at(-1);
  return [ran.failure, last].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}
