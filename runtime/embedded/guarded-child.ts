/**
 * A child that never outlives this process, kill -9 included: a shell starts it and waits at the other end of a pipe. When the
 * pipe closes, whatever the reason, the child is asked to end, and two seconds later made to.
 */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** `read` is the shell's own, so that nothing but the shell has to be cleaned up. */
const guard = `
"$@" 3<&- >&2 </dev/null &
child=$!
(
  read -r nothing <&3
  kill -TERM $child 2>/dev/null
  n=0
  while kill -0 $child 2>/dev/null && [ $n -lt 20 ]; do sleep 0.1; n=$((n + 1)); done
  kill -KILL $child 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
echo $child
wait $child
code=$?
kill -KILL $watcher 2>/dev/null
exit $code
`;

export interface GuardedChild {
  /** Resolves to the child's own process number, once it has been started. */
  readonly pid: Promise<number>;
  /** Its standard error and output. */
  readonly output: Readable;
  /** Resolves when it has ended: what it ended with, for people. */
  readonly ended: Promise<string>;
  /** Asks the child to end, and makes it end two seconds later. */
  release(): void;
}

/** Its own session: Ctrl-C at the terminal reaches this process alone, which ends the child in its own time. */
export function startGuarded(program: string, args: readonly string[], cwd: string): GuardedChild {
  const shell = spawn('/bin/sh', ['-c', guard, 'parley-guard', program, ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [announced, output, pipe] = [shell.stdout as Readable, shell.stderr as Readable, shell.stdio[3] as Writable];
  pipe.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    shell.on('error', (error) => resolve(error.message));
    shell.on('exit', (code, signal) => {
      pipe.destroy();
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  const pid = new Promise<number>((resolve, reject) => {
    announced.setEncoding('utf8').once('data', (text: string) => resolve(Number.parseInt(text, 10)));
    void ended.then((how) => reject(new Error(how)));
  });
  pid.catch(() => undefined);
  return { pid, output, ended, release: () => pipe.destroy() };
}
