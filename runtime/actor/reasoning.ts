/** The reasoning loop: thinks until there is a decision, within limits of iterations or time (article, failure mode 1). */
import type { Clock, Timer } from '../core/clock.ts';
import { compileOptions, needFunction, type OptionRules, whole } from '../core/options.ts';
import type { ReasonLimits, ReasonResult, Thought } from './context.ts';

const limitRules: OptionRules<Required<ReasonLimits>> = {
  maxIterations: whole(10, 1, 100_000, 'iterations'),
  timeoutMs: whole(30_000, 1, 24 * 3_600_000, 'milliseconds'),
};

const late = Symbol('late');

/**
 * Runs the loop. When the time is over, it aborts the signal of a pending thought and no longer waits for it.
 * @param stop aborted when the node stops
 * @throws what `think` throws; InvalidOptionError
 */
export async function reasonWithin<T>(
  clock: Clock,
  stop: AbortSignal,
  given: ReasonLimits,
  think: (thought: Thought) => T | undefined | Promise<T | undefined>,
): Promise<ReasonResult<T>> {
  const limits = compileOptions('reason', limitRules, given);
  needFunction('think', think);
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  const until = clock.monotonic() + limits.timeoutMs;
  let timer: Timer | undefined;
  const timeout = new Promise<typeof late>((resolve) => {
    timer = clock.after(limits.timeoutMs, () => resolve(late));
  });
  try {
    for (let iteration = 1; iteration <= limits.maxIterations; iteration++) {
      stop.throwIfAborted();
      const thought = await Promise.race([think({ iteration, signal }), timeout]);
      if (thought === late || (thought === undefined && clock.monotonic() >= until)) {
        return { kind: 'limit', limit: 'timeout', iterations: iteration, reached: `${limits.timeoutMs} ms` };
      }
      if (thought !== undefined) return { kind: 'decided', decision: thought as T };
    }
    const iterations = limits.maxIterations;
    return { kind: 'limit', limit: 'iterations', iterations, reached: `${iterations} iterations` };
  } finally {
    timer?.cancel();
    over.abort();
  }
}
