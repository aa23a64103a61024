/** What a process holds once its garbage is gone. */

/** Heap and buffers in use after a collection, bytes. */
export function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
