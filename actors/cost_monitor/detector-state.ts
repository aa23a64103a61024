/** The state of the spike detector between two samples, with the events that it reports. */
import type { Sample } from '../metrics/sample.ts';
import { type Band, type Baseline, emptyBaseline } from './baseline.ts';
import type { Burst, Habit } from './habit.ts';

interface Memory {
  readonly baseline: Baseline;
  readonly former: FormerLevel | undefined;
  readonly bursts: readonly Burst[];
  /** Samples seen. */
  readonly seen: number;
  /** The highest value seen; minus infinity before the first. */
  readonly highest: number;
}

/** A level that the series has left. */
export interface FormerLevel {
  readonly baseline: Baseline;
  /** Samples until it is forgotten. */
  readonly left: number;
}

export interface CalmState extends Memory {
  readonly phase: 'calm';
  /** Samples since the last spike ended. */
  readonly calmFor: number;
}

export interface HighState extends Memory {
  readonly phase: 'high';
  readonly episode: Episode;
}

/** A spike in progress. */
export interface Episode {
  readonly began: Sample;
  /** The expectation for its first sample. */
  readonly band: Band;
  readonly peak: number;
  /** Samples so far. */
  readonly length: number;
  /** Its last samples, at most a window of them. */
  readonly tail: readonly Sample[];
  /** Samples near the expected level, at the end of the tail. */
  readonly calm: number;
  /** The habit of the series; `reported` once this spike exceeds it. */
  readonly habit: Habit;
  readonly reported: boolean;
}

export type DetectorState = CalmState | HighState;

export interface SpikeStarted {
  readonly kind: 'started';
  readonly sample: Sample;
  readonly band: Band;
  /** The calm samples before it, oldest first. */
  readonly before: readonly Sample[];
  /** The highest value seen before it. */
  readonly highestBefore: number;
}

export interface SpikeEnded {
  readonly kind: 'ended';
  readonly began: Sample;
  /** The sample that showed its end. */
  readonly sample: Sample;
  readonly peak: number;
  /** True when it did not go away: its level is now the usual one. */
  readonly adopted: boolean;
}

type DetectorEvent = SpikeStarted | SpikeEnded;

export interface Detection {
  readonly state: DetectorState;
  readonly event?: DetectorEvent;
}

export const initialDetectorState: DetectorState = Object.freeze({
  phase: 'calm',
  baseline: emptyBaseline,
  former: undefined,
  bursts: [],
  seen: 0,
  highest: Number.NEGATIVE_INFINITY,
  calmFor: 0,
});
