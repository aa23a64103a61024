/** Nothing that a run has started outlives it, however it ends: stopped and orphaned processes, mounted file systems. */
import type { ChildProcess } from 'node:child_process';

/** Calls `undo` when this process ends. @returns the way to forget it */
export function atEnd(undo: () => void): () => void {
  process.once('exit', undo);
  return () => void process.off('exit', undo);
}

/** Kills the child when this process ends, also when it is stopped just then. */
export function endWithRun(child: ChildProcess): void {
  const forget = atEnd(() => child.kill('SIGKILL'));
  child.once('exit', forget);
}

/** A signal ends this process through its `exit` event, which the default action does not. */
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
