/** Watches the resident memory of this process: its start value with its maximum. */

export interface MemoryPeak {
  /** Bytes. */
  readonly startRss: number;
  readonly peakRss: number;
}

const everyMs = 100;

export function watchMemory(): { stop(): MemoryPeak } {
  const startRss = process.memoryUsage.rss();
  let peakRss = startRss;
  const look = (): void => {
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { startRss, peakRss };
    },
  };
}
