/** Time as an argument. The only place that reads the machine's clock or starts a timer. */

export interface Timer {
  /** Cancels the timer; does nothing when it was cancelled before or has fired. */
  cancel(): void;
}

export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Monotonic time, milliseconds from an arbitrary start. For durations and local deadlines. */
  monotonic(): number;
  /** Calls `run` once, `ms` from now. */
  after(ms: number, run: () => void): Timer;
}

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms: number, run: () => void): Timer {
    const handle = setTimeout(run, ms);
    return { cancel: () => clearTimeout(handle) };
  },
});

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Resolves after `ms`, or as soon as the signal aborts: for a loop that looks at its signal itself. */
export function sleepUnlessAborted(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleep(clock, ms, signal).catch(() => undefined);
}

/** Settles like the promise, or resolves to `undefined` after `ms`. */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: Timer | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = clock.after(ms, () => resolve(undefined));
  });
  return Promise.race([promise, late]).finally(() => timer?.cancel());
}

let lastMs = Number.NaN;
let lastText = '';

/**
 * Formats a time as ISO 8601 in UTC, as `timestamp` and `deadline` carry it. Caches the last result, because thousands of
 * intents share a millisecond.
 */
export function toIso(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

const isoPattern = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Parses an ISO 8601 date and time to milliseconds since 1970. A text without a zone is UTC; an invalid text gives `undefined`.
 */
export function fromIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(match[3] === undefined ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T'));
  return Number.isNaN(ms) || !isDayOfMonth(text) ? undefined : ms;
}

/**
 * Checks the day, because `Date.parse` takes 30 February for 1 March. Adds 400 years, because `Date` reads two-digit years
 * differently.
 */
function isDayOfMonth(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  return day <= 28 || day <= new Date(Date.UTC(year + 400, month, 0)).getUTCDate();
}
