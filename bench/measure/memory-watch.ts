/** Resident memory of this process over a while: what it started with, and the most that it was. */

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
