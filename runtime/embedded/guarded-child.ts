/**
 * A child that never outlives this process, even after kill -9: a shell starts it and waits at the other end of a pipe. When the
 * pipe closes, for whatever reason, the guard asks the child to end, and kills it two seconds later.
 *
 * There are three processes in a session of their own: the guard, the child, and the watcher at the pipe. If the child ends, the
 * guard ends the watcher and itself. If the guard is killed, this process closes the pipe, and the watcher ends the child. If
 * this process is killed, the kernel closes the pipe. The output of the child then has no reader, and a Go program that writes to a
 * closed pipe dies: for the store that is like kill -9, which it has to survive anyway.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock, Timer } from '../core/clock.ts';

/** After this time the remaining processes are killed from here, in case the watcher is gone too. */
const graceMs = 3_000;

/**
 * Descriptor 0 tells when to start, 3 is the pipe. The child waits as a shell, then becomes the program (`exec`), so its pid is
 * known and can be recorded before the program starts. `read` is a shell builtin, so that no reading program is left behind. The
 * watcher sets its trap after `read`, so that the guard can end the watcher while it still reads. All three inherit descriptor 5,
 * which stays open until the last of them ends. Only the user can read files that the child writes.
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
  /** The pid of the child, which is only a shell until `go`. Rejects when it could not be started. */
  readonly pid: Promise<number>;
  /** The standard error and output of the child. */
  readonly output: Readable;
  /** Resolves when all its processes are gone, to the reason for display. */
  readonly ended: Promise<string>;
  /** Starts the program. */
  go(): void;
  /** Asks the program to end, kills it after `stopMs`. Idempotent. */
  stop(): void;
}

export interface GuardedProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stopMs: number;
  /** A descriptor that the child keeps open while any process of it lives: the lock of its folder. */
  readonly held?: number;
}

/** Starts the child in its own session: Ctrl-C at the terminal reaches only this process, which then stops the child itself. */
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
    // emitted when the last process that holds the output is gone, so the child is gone too
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

/** Kills the group that the shell leads: its number cannot be reused while a member lives. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // all of them have just ended
  }
}

/** Describes an exit: a shell reports a signal as 128 plus its number. */
function describe(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `its guard was ended by ${signal}`;
  const number = (code ?? 0) - 128;
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined ? `exit code ${code}` : `ended by ${name}`;
}
