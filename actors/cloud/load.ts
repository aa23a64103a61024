/** The load of every service by tick: generated from a seed, or a recorded series scaled to the capacity of the cloud. */
import { fromIso } from '../../runtime/core/clock.ts';
import { highest } from '../../runtime/core/extremes.ts';
import { type Random, seededRandom } from '../../runtime/core/random.ts';
import { MetricsFileError } from '../metrics/metrics-file-error.ts';
import type { MetricsSeries } from '../metrics/series.ts';
import { steadySeries } from '../metrics/steady-series.ts';
import { catalogue, type ServiceSpec, tickMs } from './catalogue.ts';

/** One sample, in requests per second. */
export interface LoadSample {
  readonly legitimate: number;
  /** Load from few sources that buy nothing. */
  readonly bots: number;
}

export interface Workload {
  readonly name: string;
  /** The time of the first tick, milliseconds since 1970. */
  readonly startAt: number;
  readonly ticks: number;
  at(service: string, tick: number): LoadSample;
}

const generatedStart = fromIso('2024-01-15T00:00:00Z') ?? 0;
const ticksPerDay = 288;
const noise = 0.05;
/** The share of a deviation that remains in the next tick. */
const memory = 0.6;
/** The ticks between two attacks of bots, or two rushes of customers. */
const everyTicks = 180;

/** Generates a different load for every service: a daily cycle, autocorrelated noise, rushes of customers, attacks of bots. */
export function generatedWorkload(seed: number, ticks: number): Workload {
  const series = new Map(
    catalogue.map((spec, place) => [spec.service, generate(spec, seededRandom(seed * 64 + place), ticks)] as const),
  );
  return { name: `generated load, seed ${seed}`, startAt: generatedStart, ticks, at: lookUp(series) };
}

function generate(spec: ServiceSpec, random: Random, ticks: number): readonly LoadSample[] {
  const phase = random.next() * ticksPerDay;
  const depth = 0.25 + 0.2 * random.next();
  const samples: LoadSample[] = [];
  let deviation = 0;
  let rush = { height: 0, left: 0 };
  let attack = { height: 0, left: 0 };
  for (let tick = 0; tick < ticks; tick++) {
    deviation = memory * deviation + noise * normal(random);
    rush = next(rush, random, 1.2, 24);
    attack = next(attack, random, 2, 18);
    const day = 1 - depth * Math.cos((2 * Math.PI * (tick + phase)) / ticksPerDay);
    const legitimate = spec.usualLoad * Math.max(0.05, day * (1 + deviation) * (1 + rush.height));
    samples.push({ legitimate, bots: spec.usualLoad * attack.height });
  }
  return samples;
}

interface Surge {
  readonly height: number;
  readonly left: number;
}

function next(surge: Surge, random: Random, highest: number, longest: number): Surge {
  const [chance, size, length] = [random.next(), random.next(), random.next()];
  if (surge.left > 1) return { ...surge, left: surge.left - 1 };
  if (chance >= 1 / everyTicks) return { height: 0, left: 0 };
  return { height: highest * (0.4 + 0.6 * size), left: 4 + Math.floor(length * longest) };
}

/** The share of the capacity that the busiest hours of a series reach: the rest is for peaks above them. */
const busyShare = 0.55;
const mostShare = 1.2;
const busyQuantile = 0.98;

/** Five-minute ticks of twenty years. */
const mostTicks = 2_000_000;

/**
 * Replays the same series for every service, scaled to its capacity, at the recorded times. Samples of a minute are averaged; gaps
 * and hourly samples repeat the value before.
 * @throws MetricsFileError for a negative value, which is not a load
 */
export function replayedWorkload(recorded: MetricsSeries, ticks: number): Workload {
  const negative = recorded.samples.find(({ value }) => value < 0);
  if (negative !== undefined) {
    const fault = `value must not be negative, because it is replayed as a load, but is ${negative.value}`;
    throw new MetricsFileError(recorded.name, negative.line, fault);
  }
  const { values, held, averaged } = steadySeries(recorded, tickMs, ticks, mostTicks);
  const busy = quantile(values, busyQuantile) || highest(values) || 1;
  const series = new Map(
    catalogue.map((spec) => {
      const full = spec.maxInstances * spec.capacity;
      const scaled = values.map((value) => {
        return { legitimate: Math.min(mostShare * full, (value / busy) * busyShare * full), bots: 0 };
      });
      return [spec.service, scaled] as const;
    }),
  );
  const startAt = recorded.samples[0]?.at ?? generatedStart;
  return { name: recorded.name + beatNote(held, averaged), startAt, ticks: values.length, at: lookUp(series) };
}

/** Describes how samples were converted that do not come once per tick. */
function beatNote(held: number, averaged: number): string {
  const notes = [
    ...(held > 0 ? [`${held} ticks without a sample hold the value before`] : []),
    ...(averaged > 0 ? [`${averaged} ticks with several samples have their mean`] : []),
  ];
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

function lookUp(series: ReadonlyMap<string, readonly LoadSample[]>): Workload['at'] {
  return (service, tick) => series.get(service)?.[tick] ?? { legitimate: 0, bots: 0 };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** A standard normal deviate (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
