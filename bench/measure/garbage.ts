/** Measures the memory of a process after garbage collection. */

/** Returns heap plus buffers in use after a collection, bytes. */
export function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
