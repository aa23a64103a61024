/**
 * Catches stray errors of the whole process while a node runs in it, and gives each to the agent that it belongs to. What belongs
 * to none ends the process as it would without Parley, unless the program has listeners of its own.
 */
import { strayScope } from '../actor/stray-errors.ts';

let guards = 0;

/** Begins to catch them. Returns the way to stop; the last one that stops leaves the process as it was. */
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

/** Node makes an uncaught exception of it when nobody listens: so does this. */
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

/** Thrown again with nobody listening, it is printed with its stack, and the exit code is Node's. */
function endAsUsual(error: unknown): void {
  release();
  setImmediate(() => {
    throw error;
  });
}
