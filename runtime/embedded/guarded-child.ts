/**
 * A child that never outlives this process, kill -9 included: a shell starts it and waits at the other end of a pipe. When the
 * pipe closes, whatever the reason, the child is asked to end, and two seconds later made to.
 *
 * There are three processes in a session of their own: the guard, the child, and the watcher at the pipe. If the child ends, the
 * guard ends the watcher and itself. If the guard is killed, this process closes the pipe, and the watcher ends the child. If
 * this process is killed, the kernel closes the pipe. The child's output has no reader then, and a Go program that writes to one
 * that is gone dies of it: to a store that is like kill -9, which it has to survive anyway.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock, Timer } from '../core/clock.ts';

/** After which whatever is left is killed from here, should the watcher be gone as well. */
const graceMs = 3_000;

/**
 * Descriptor 0 says when to start, 3 is the pipe. The child waits as a shell and becomes the program (`exec`): its number is
 * known, and can be noted down, before it is anything that needs noting. `read` is the shell's own, so that no program is left
 * behind that reads; the watcher's trap comes after it, so that the guard can end the watcher while it still reads. What all
 * three inherit as descriptor 5 stays open until the last of them ends. What the child writes is its user's alone.
 */
const guard = `
umask 077
tenths=$1
shift
exec 4<&0 </dev/null
(read -r go <&4 || exit 0; exec "$@" 3<&- 4<&- >&2) &
child=$!
exec 4<&-
(
  patience=20
  read -r word <&3 && patience=$tenths
  trap 'exit 0' TERM
  kill -TERM $child
  n=0
  while kill -0 $child && [ $n -lt $patience ]; do sleep 0.1 || sleep 1; n=$((n + 1)); done
  kill -KILL $child
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
echo $child
wait $child
code=$?
kill -TERM $watcher 2>/dev/null
wait $watcher 2>/dev/null
exit $code
`;

export interface GuardedChild {
  /** Its own process number; it is nothing but a shell until `go`. Rejects when there is none. */
  readonly pid: Promise<number>;
  /** Its standard error and output. */
  readonly output: Readable;
  /** Resolves when nothing of it is left: what it ended with, for people. */
  readonly ended: Promise<string>;
  /** Lets the program start. */
  go(): void;
  /** Asks it to end, and makes it end after `stopMs`. Twice is the same as once. */
  stop(): void;
}

export interface GuardedProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stopMs: number;
  /** A descriptor that the child keeps open as long as anything of it lives: the lock of its folder. */
  readonly held?: number;
}

/** Its own session: Ctrl-C at the terminal reaches this process alone, which ends the child in its own time. */
export function startGuarded(clock: Clock, { program, args, cwd, stopMs, held }: GuardedProgram): GuardedChild {
  const shell = spawn('/bin/sh', ['-c', guard, 'parley-guard', String(Math.ceil(stopMs / 100)), program, ...args], {
    cwd,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'ignore', held ?? 'ignore'],
  });
  const [start, announced, output] = [shell.stdin as Writable, shell.stdout as Readable, shell.stderr as Readable];
  const pipe = shell.stdio[3] as Writable;
  for (const stream of [start, pipe]) stream.on('error', () => undefined);
  let over = false;
  let killer: Timer | undefined;
  const killGroupAfter = (ms: number): void => {
    killer?.cancel();
    killer = clock.after(ms, () => killGroup(shell.pid));
  };
  let how = 'it was not started';
  const ended = new Promise<string>((resolve) => {
    shell.on('error', (error) => {
      over = true;
      resolve(error.message);
    });
    shell.on('exit', (code, signal) => {
      how = describe(code, signal);
      pipe.destroy();
      killGroupAfter(graceMs);
    });
    // Only when the last process that holds the output is gone: not before the child itself is.
    shell.on('close', () => {
      over = true;
      killer?.cancel();
      resolve(how);
    });
  });
  const pid = new Promise<number>((resolve, reject) => {
    announced.setEncoding('utf8').on('data', (text: string) => resolve(Number.parseInt(text, 10)));
    void ended.then((end) => reject(new Error(end)));
  });
  pid.catch(() => undefined);
  return {
    pid,
    output,
    ended,
    go: () => void start.end('go\n'),
    stop: () => {
      if (over || pipe.destroyed || pipe.writableEnded) return;
      start.destroy();
      pipe.end('stop\n');
      killGroupAfter(stopMs + graceMs);
    },
  };
}

/** The shell leads its group, whose number cannot be given away while any member lives. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them have ended just now.
  }
}

/** A shell reports a signal as 128 and its number. */
function describe(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `its guard was ended by ${signal}`;
  const number = (code ?? 0) - 128;
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined ? `exit code ${code}` : `ended by ${name}`;
}
