/** Ends a bench that waits for ever with an error. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function within<T>(seconds: number, what: string, run: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new Error(`${what} did not end within ${seconds} s`);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    stop.abort();
  }
}
