/** Forecasts the load of a service for the next hours, from its last days with its present trend. */
import type { Forecast } from '../cloud/decisions.ts';
import type { ServiceView } from '../cloud/view.ts';
import { passingSurge } from './surges.ts';

const horizonTicks = 24;
const recentTicks = 12;
const trendTicks = 6;
/** The share of the present trend that is expected to continue over the horizon. */
const damping = 0.35;
const ticksPerDay = 288;

export function forecastOf({ readings }: ServiceView): Forecast {
  const seen = readings.map(({ load }) => load);
  const passing = passingSurge(seen);
  const loads = seen.slice(0, seen.length - passing);
  const recent = loads.slice(-recentTicks);
  const usual = mean(recent);
  const spread = Math.sqrt(mean(recent.map((load) => (load - usual) ** 2)));
  const trend = trendOf(loads.slice(-trendTicks));
  const ahead = trend * horizonTicks * damping;
  const yesterday = loads.slice(-ticksPerDay, -ticksPerDay + horizonTicks);
  const isKnown = loads.length >= ticksPerDay;
  const level = Math.max(mean(loads.slice(-3)), usual);
  const peak = Math.max(level + Math.max(0, ahead) + spread, isKnown ? highOf(yesterday) : 0);
  const low = Math.max(0, Math.min(mean(loads.slice(-3)), usual) + Math.min(0, ahead) - spread);
  const confidence = usual === 0 ? 0.5 : Math.max(0.1, Math.min(0.95, 1 - spread / usual));
  return { peak, low, horizonTicks, passing: passing > 0, confidence: Math.round(confidence * 100) / 100 };
}

/** The 90th percentile: a single sample of yesterday is not a plan for today. */
function highOf(loads: readonly number[]): number {
  const sorted = [...loads].sort((a, b) => a - b);
  return sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
}

/** The slope by least squares, per tick. */
function trendOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  let [above, below] = [0, 0];
  for (const [place, value] of values.entries()) {
    above += (place - middle) * (value - average);
    below += (place - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
