/** Reports the memory of a daemon on request, after a collection, so that it does not count garbage. */
import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Reading {
  /** Bytes, after a collection. */
  readonly heapUsed: number;
  /** Bytes outside the heap that its objects hold: buffers, compiled code of libraries. */
  readonly external: number;
  /** Part of `external`. */
  readonly arrayBuffers: number;
  readonly rss: number;
  /** Open file descriptors; `null` where the system does not list them. */
  readonly descriptors: number | null;
  /** Resources that keep its event loop alive, by type. */
  readonly resources: Readonly<Record<string, number>>;
}

export interface ProbeRequest {
  readonly kind: 'probe';
}

export type ProbeAnswer = { readonly kind: 'reading'; readonly reading: Reading };

/** Answers its parent without keeping the process alive; an orphan ends. */
export function answerProbes(): void {
  process.on('message', () => void answer());
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
}

async function answer(): Promise<void> {
  const message: ProbeAnswer = { kind: 'reading', reading: await read() };
  process.send?.(message);
}

/** The second collection frees what the first one finalizes. */
async function read(): Promise<Reading> {
  globalThis.gc?.();
  await nextTurn();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heapUsed, external, arrayBuffers, rss, descriptors: openDescriptors(), resources: activeResources() };
}

/** Excludes the descriptor that reads the list itself. */
function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}

function activeResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
