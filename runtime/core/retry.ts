/** One thing, tried again while what went wrong may pass: for what must not end because one message was lost. */
import { Backoff } from './backoff.ts';
import { type Clock, sleep } from './clock.ts';
import { isRetryable } from './errors.ts';
import type { Random } from './random.ts';

export interface RetrySettings {
  readonly clock: Clock;
  readonly random: Random;
  /** No try begins later than so many milliseconds after the first. */
  readonly withinMs: number;
  /** Aborted: no other try begins. */
  readonly signal?: AbortSignal;
}

/** Settles like its last try: the first that succeeds or fails for good, or the one that is over when the time is. */
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
      await sleep(clock, pauseMs, signal).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}
