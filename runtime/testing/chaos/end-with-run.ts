/** Cleans up when a run ends, however it ends: stopped or orphaned processes, mounted file systems. */
import type { ChildProcess } from 'node:child_process';

/** Calls `undo` when this process ends. @returns a function that cancels this */
export function atEnd(undo: () => void): () => void {
  process.once('exit', undo);
  return () => void process.off('exit', undo);
}

/** Kills the child when this process ends, even if the child is stopped at that time. */
export function endWithRun(child: ChildProcess): void {
  const forget = atEnd(() => child.kill('SIGKILL'));
  child.once('exit', forget);
}

/** Makes a signal end this process through its `exit` event, which the default action does not emit. */
export function endOnSignals(): void {
  process.setMaxListeners(0);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
