/**
 * Catches stray errors of the whole process while a node runs in it; passes each to its agent. An error that belongs to no
 * agent ends the process as it would without Parley, unless the program has listeners of its own.
 */
import { strayScope } from '../actor/stray-errors.ts';

let guards = 0;

/** Installs the guard. Returns a function that removes it; the last removal restores the process. */
export function guardStrayErrors(): () => void {
  if (guards++ === 0) {
    process.on('unhandledRejection', rejected);
    process.on('uncaughtException', thrown);
  }
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    if (--guards === 0) release();
  };
}

function release(): void {
  process.off('unhandledRejection', rejected);
  process.off('uncaughtException', thrown);
}

/** Without a listener, Node turns an unhandled rejection into an uncaught exception; this does the same. */
function rejected(reason: unknown): void {
  const scope = strayScope();
  if (scope !== undefined) scope.strayed(reason);
  else if (process.listenerCount('unhandledRejection') === 1) endAsUsual(reason);
}

function thrown(error: unknown): void {
  const scope = strayScope();
  if (scope !== undefined) scope.strayed(error);
  else if (process.listenerCount('uncaughtException') === 1) endAsUsual(error);
}

/** Throws the error again without a listener: Node prints its stack and sets the exit code. */
function endAsUsual(error: unknown): void {
  release();
  setImmediate(() => {
    throw error;
  });
}
