/** Handles SIGTERM and SIGINT: the first asks a daemon to stop, the second ends it at once. */
import { type Clock, systemClock } from '../core/clock.ts';

/**
 * A signal to a process group arrives directly, and again through a parent that forwards it (npm does): within this time it counts
 * as the same signal.
 */
const sameMs = 500;

export interface StopSignals extends Disposable {
  /** Resolves with the name of the first signal. */
  readonly asked: Promise<string>;
}

/** @param end ends the process at once, on a second signal */
export function stopSignals(end: () => void, clock: Clock = systemClock): StopSignals {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  let askedAt: number | undefined;
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  const asked = new Promise<string>((resolve) => {
    stop = (signal) => {
      const now = clock.monotonic();
      askedAt ??= now;
      resolve(signal);
      if (now - askedAt >= sameMs) end();
    };
  });
  for (const signal of signals) process.on(signal, stop);
  return {
    asked,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
