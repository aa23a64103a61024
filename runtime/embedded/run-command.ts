/** Runs a program to its end within a time limit, collecting its output. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';

export interface CommandResult {
  /** `undefined` when it could not be started, or was ended at the deadline or by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit code. */
  readonly failure: string | undefined;
  /** True when the program does not exist. */
  readonly missing: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Its `PATH` is also used to find the program. */
  readonly env?: NodeJS.ProcessEnv;
  readonly deadlineMs: number;
  /**
   * Ends the program, with its descendants, when the signal aborts. The program then runs in its own process group, which also ends
   * with this process: the caller handles signals of the terminal in its place.
   */
  readonly signal?: AbortSignal | undefined;
}

const keptChars = 1024 * 1024;

/** Runs a program. Never rejects. */
export function runCommand(
  clock: Clock,
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    const { signal, deadlineMs } = options;
    let failure: string | undefined;
    const child = signal?.aborted ? 'stopped' : start(program, args, options);
    if (typeof child === 'string') return resolve({ code: undefined, ...output, failure: child, missing: false });
    const kill = (): void => end(child, signal !== undefined);
    const giveUp = (why: string): void => {
      failure = why;
      kill();
      // do not wait for descendants that hold the other ends open
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const deadline = clock.after(deadlineMs, () => giveUp(`gave up after ${deadlineMs / 1000} s`));
    const stop = (): void => giveUp('stopped');
    signal?.addEventListener('abort', stop, { once: true });
    process.once('exit', kill);
    const release = (): void => {
      deadline.cancel();
      signal?.removeEventListener('abort', stop);
      process.off('exit', kill);
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-keptChars);
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      release();
      resolve({ code: undefined, ...output, failure: error.message, missing: error.code === 'ENOENT' });
    });
    child.on('close', (code, by) => {
      release();
      if (by !== null) failure ??= `ended by ${by}`;
      resolve({ code: failure === undefined ? (code ?? undefined) : undefined, ...output, failure, missing: false });
    });
  });
}

/** Starts the program. Returns the text of a start failure that is thrown; other start failures are events. */
function start(program: string, args: readonly string[], options: RunOptions): ReturnType<typeof piped> | string {
  const { cwd, env, signal } = options;
  const where = { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
  try {
    return piped(program, args, { ...where, detached: signal !== undefined });
  } catch (error) {
    return reasonOf(error);
  }
}

const piped = (
  program: string,
  args: readonly string[],
  how: { cwd?: string; env?: NodeJS.ProcessEnv; detached: boolean },
) => spawn(program, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'] });

/** Kills the process, with its group if it leads one. */
function end({ pid }: Pick<ChildProcess, 'pid'>, isLeader: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isLeader ? -pid : pid, 'SIGKILL');
  } catch {
    // all of them have ended
  }
}

/** Returns the reason in one line, for display: why it did not run, or its last error line. */
export function failureText(ran: CommandResult): string {
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !line.startsWith('W:')).at(-1);
  return [ran.failure, last].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}
