/** A soak without growth, one sample every two seconds, as the base of tests. */
import type { SoakSample } from '../../../bench/soak/growth.ts';

const MiB = 1024 ** 2;

export function soakSamples(
  minutes: number,
  change: (sample: SoakSample) => SoakSample = (sample) => sample,
): readonly SoakSample[] {
  return Array.from({ length: 30 * minutes }, (_, n) => {
    const minute = (n + 1) / 30;
    return change({
      minute,
      accepted: Math.round(6_000 * minute),
      reading: {
        heapUsed: 16 * MiB,
        external: 3 * MiB,
        arrayBuffers: MiB,
        rss: 90 * MiB,
        descriptors: 23,
        resources: { Timeout: 30, TCPSocketWrap: 2 },
      },
      activations: 90,
    });
  });
}
