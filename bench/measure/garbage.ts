/** A clean start: what one round left behind is not collected at the expense of the next. */

export function collectGarbage(): void {
  globalThis.gc?.();
}

/** Heap and buffers in use after a collection, bytes. */
export function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
