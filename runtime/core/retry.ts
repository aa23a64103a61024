/** Retries one operation while its error is retryable: for work that must survive a lost message. */
import { Backoff } from './backoff.ts';
import { type Clock, sleepUnlessAborted } from './clock.ts';
import { isRetryable } from './errors.ts';
import type { Random } from './random.ts';

export interface RetrySettings {
  readonly clock: Clock;
  readonly random: Random;
  /** No attempt begins later than this after the first, milliseconds. */
  readonly withinMs: number;
  /** When it is aborted, no further attempt begins. */
  readonly signal?: AbortSignal;
}

/** Settles like the last attempt: the first that succeeds or fails permanently, or the one that runs when the time is over. */
export async function retry<T>(settings: RetrySettings, attempt: () => Promise<T>): Promise<T> {
  const { clock, random, withinMs, signal } = settings;
  const until = clock.monotonic() + withinMs;
  const backoff = new Backoff(random);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = backoff.nextMs();
      const isOver = signal?.aborted === true || clock.monotonic() + pauseMs > until;
      if (isOver || !isRetryable(error)) throw error;
      await sleepUnlessAborted(clock, pauseMs, signal);
      if (signal?.aborted) throw error;
    }
  }
}
