/** Runs a program to its end, within a time, and keeps what it said. */
import { type ChildProcess, spawn } from 'node:child_process';
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
  /**
   * Ends the program, with all that it has started, when it aborts. Whoever gives one hears the signals of a terminal in its place:
   * the program is in a group of its own, which ends with this process too.
   */
  readonly signal?: AbortSignal | undefined;
}

const keptChars = 1024 * 1024;

/** Never rejects. */
export function runCommand(clock: Clock, program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
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
      // Programs that it started may hold the other ends open: nobody waits for those.
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

/** Some failures to start are an event, some are thrown: the text of the latter. */
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

/** With its group, if it leads one. */
function end({ pid }: Pick<ChildProcess, 'pid'>, isLeader: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isLeader ? -pid : pid, 'SIGKILL');
  } catch {
    // all of them have ended
  }
}

/** The reason in one line, for people: why it did not run, or the last thing it complained about. */
export function complaint(ran: Ran): string {
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !line.startsWith('W:')).at(-1);
  return [ran.failure, last].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}
