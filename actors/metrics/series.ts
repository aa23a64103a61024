/** A series of samples in order of time, with its irregularities. */
import type { Sample } from './sample.ts';

export interface MetricsSeries {
  /** Its source, for display. */
  readonly name: string;
  /** In order of time; equal times may follow each other. */
  readonly samples: readonly Sample[];
  readonly irregularities: Irregularities;
}

/** Accepted irregularities: three of the nine recorded series of CloudWatch miss samples, one repeats times. */
export interface Irregularities {
  /** Steps of more than one and a half times the usual step: samples are missing. */
  readonly gaps: number;
  readonly longestGap: TimeGap | undefined;
  /** Samples with the same time as the one before. */
  readonly repeated: number;
}

export interface TimeGap {
  readonly ms: number;
  /** The line of the sample after it, if the series comes from a file. */
  readonly line: number | undefined;
}

/** A step longer than this many usual ones is a gap: a late sample is not, a missing one is. */
const gapSteps = 1.5;

export function irregularitiesOf(samples: readonly Sample[]): Irregularities {
  const usual = usualStep(samples);
  let gaps = 0;
  let repeated = 0;
  let longestGap: TimeGap | undefined;
  let previous: Sample | undefined;
  for (const sample of samples) {
    if (previous !== undefined) {
      const ms = sample.at - previous.at;
      if (ms === 0) repeated += 1;
      if (ms > gapSteps * usual) {
        gaps += 1;
        if (longestGap === undefined || ms > longestGap.ms) longestGap = { ms, line: sample.line };
      }
    }
    previous = sample;
  }
  return { gaps, longestGap, repeated };
}

/** Returns the median step in milliseconds; infinite for fewer than two times, which have no gaps. */
function usualStep(samples: readonly Sample[]): number {
  const steps: number[] = [];
  let previous: Sample | undefined;
  for (const sample of samples) {
    if (previous !== undefined && sample.at > previous.at) steps.push(sample.at - previous.at);
    previous = sample;
  }
  const sorted = Float64Array.from(steps).sort();
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}
