/** Describes a spike: its height above the expectation, its severity, its history. */
import type { Sample } from '../metrics/sample.ts';
import type { SpikeStarted } from './detector-state.ts';

export type Severity = 'minor' | 'major' | 'critical';

export interface Spike {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Its line in the metrics file, if it came from one. */
  readonly line: number | undefined;
  readonly value: number;
  readonly expected: number;
  /** The noise before it, as a standard deviation. */
  readonly noise: number;
  /** The rise in percent of the expected value; at most 10,000, which also stands for a rise from nothing. */
  readonly increasePct: number;
  readonly severity: Severity;
  /** The time from the first sample of the comparison until now, in the article's form: `last_3_hours`. */
  readonly timeWindow: string;
  /** The change of the level over that window before the spike, in percent of the expected value. */
  readonly trendPct: number;
  /** The highest value seen before. */
  readonly highestBefore: number | undefined;
  /** The calm values before it, oldest first. */
  readonly before: readonly number[];
}

const mostPct = 10_000;
const majorPct = 100;
const criticalPct = 300;
const minuteMs = 60_000;

export function spikeOf({ sample, band, before, highestBefore }: SpikeStarted): Spike {
  const increasePct = percentOf(sample.value - band.level, band.level);
  return {
    at: sample.at,
    line: sample.line,
    value: sample.value,
    expected: band.level,
    noise: band.spread,
    increasePct,
    severity: severityOf(increasePct),
    timeWindow: windowText(before, sample),
    trendPct: percentOf(band.slope * before.length, band.level),
    highestBefore: Number.isFinite(highestBefore) ? highestBefore : undefined,
    before: before.map(({ value }) => value),
  };
}

/** Returns a percentage with one decimal. */
function percentOf(part: number, whole: number): number {
  const percent = part === 0 ? 0 : (100 * part) / Math.abs(whole);
  return Math.round(10 * Math.max(-mostPct, Math.min(mostPct, percent))) / 10;
}

function severityOf(increasePct: number): Severity {
  if (increasePct >= criticalPct) return 'critical';
  return increasePct >= majorPct ? 'major' : 'minor';
}

function windowText(before: readonly Sample[], now: Sample): string {
  const minutes = Math.max(1, Math.round((now.at - (before[0]?.at ?? now.at)) / minuteMs));
  const [count, unit] = minutes >= 60 ? [Math.round(minutes / 60), 'hour'] : [minutes, 'minute'];
  return `last_${count}_${unit}${count === 1 ? '' : 's'}`;
}
