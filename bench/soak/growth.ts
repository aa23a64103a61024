/** Finds what grows in a daemon under load, from its samples after the warm-up. */
import { type Slope, slopeOf } from '../measure/slope.ts';
import type { Reading } from './probe.ts';

export interface SoakSample {
  /** Time since the load began. */
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
  /** The length of the measured part. */
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
/** The warm-up of a shorter run is half of it. Minutes. */
const fullRun = 10;

/** Minutes until tables have grown to their size, and until data kept for a minute have reached their steady amount. */
export const warmUpOf = (minutes: number): number => (minutes < fullRun ? minutes / 2 : longestWarmUp);

/**
 * V8 compiles a program for minutes, and the compiled code is in the heap: 50 bytes an intent after half a minute, which would hide
 * a real leak. A short run thus uses only the interpreter.
 */
export const isCompiled = (minutes: number): boolean => minutes >= fullRun;

/** Computes growth. @throws RangeError when too few samples are left after the warm-up */
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
