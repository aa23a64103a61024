/** What grows in a daemon under load, of all that its samples say: looked for in what comes after the warm-up. */
import { type Slope, slopeOf } from '../measure/slope.ts';
import type { Reading } from './probe.ts';

export interface SoakSample {
  /** Since the load began. */
  readonly minute: number;
  /** Intents accepted until then. */
  readonly accepted: number;
  readonly reading: Reading;
  /** Agents in memory. */
  readonly activations: number;
}

/** One figure over the measured part. */
export interface Growth {
  readonly first: number;
  readonly last: number;
  readonly slope: Slope;
}

export interface SoakGrowth {
  /** Length of the measured part. */
  readonly minutes: number;
  readonly intentsPerMinute: number;
  /** Bytes. */
  readonly heap: Growth;
  readonly external: Growth;
  readonly rss: Growth;
  readonly descriptors: Growth | null;
  readonly resources: Growth;
  readonly activations: Growth;
}

const longestWarmUp = 5;
/** Half of a run that is shorter is warm-up. Minutes. */
const fullRun = 10;

/** Minutes: tables grow to their size, what is kept for a minute has been kept for one. */
export const warmUpOf = (minutes: number): number => (minutes < fullRun ? minutes / 2 : longestWarmUp);

/**
 * V8 compiles a program for minutes, and what it compiles is in the heap: 50 bytes an intent after half a minute, which would hide
 * the leak that is looked for. A short run is made by its interpreter alone.
 */
export const isCompiled = (minutes: number): boolean => minutes >= fullRun;

/** @throws RangeError when too few samples are left after the warm-up */
export function growthOf(samples: readonly SoakSample[], minutes: number): SoakGrowth {
  const measured = samples.filter(({ minute }) => minute >= warmUpOf(minutes));
  const [first, last] = [measured[0], measured.at(-1)];
  const growth = (figure: (sample: SoakSample) => number): Growth => {
    const points = measured.map((sample) => ({ minute: sample.minute, value: figure(sample) }));
    return { first: points[0]?.value ?? 0, last: points.at(-1)?.value ?? 0, slope: slopeOf(points) };
  };
  const between = (figure: 'minute' | 'accepted'): number => (last?.[figure] ?? 0) - (first?.[figure] ?? 0);
  return {
    minutes: minutes - warmUpOf(minutes),
    intentsPerMinute: between('accepted') / between('minute'),
    heap: growth(({ reading }) => reading.heapUsed),
    external: growth(({ reading }) => reading.external),
    rss: growth(({ reading }) => reading.rss),
    descriptors: first?.reading.descriptors == null ? null : growth(({ reading }) => reading.descriptors ?? 0),
    resources: growth(({ reading }) => activeIn(reading)),
    activations: growth(({ activations }) => activations),
  };
}

export const activeIn = ({ resources }: Reading): number =>
  Object.values(resources).reduce((total, count) => total + count, 0);
