/** Downloads a file; gives up when no answer comes, when bytes stop coming, when there are too many. */
import type { Clock } from '../core/clock.ts';

export interface DownloadLimits {
  /** The time until the first byte. */
  readonly answerMs: number;
  /** The time between two pieces. */
  readonly silenceMs: number;
  readonly bytes: number;
}

export type Downloaded = { readonly bytes: Uint8Array } | { readonly reason: string };

/** Downloads into memory. Never rejects, writes nothing: the caller checks the bytes and decides where they go. */
export async function download(
  clock: Clock,
  url: string,
  limits: DownloadLimits,
  signal?: AbortSignal,
): Promise<Downloaded> {
  const abort = new AbortController();
  const giveUp = (why: string, ms: number) => clock.after(ms, () => abort.abort(new Error(`${why} ${ms / 1000} s`)));
  const stop = (): void => abort.abort(new Error('stopped'));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  let timer = giveUp('no answer within', limits.answerMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { reason: `status ${response.status}` };
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      timer.cancel();
      timer = giveUp('no byte for', limits.silenceMs);
      chunks.push(chunk);
      size += chunk.length;
      if (size > limits.bytes) return { reason: `more than ${limits.bytes} bytes` };
    }
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { reason: `not reachable (${causeOf(error)})` };
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/** Finds the cause of an error: `fetch` says "fetch failed" and hides the reason in `cause`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
