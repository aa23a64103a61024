/** The load of every service, tick by tick: generated from a seed, or a recorded series scaled to what the cloud can carry. */
import { fromIso } from '../../runtime/core/clock.ts';
import { highest } from '../../runtime/core/extremes.ts';
import { type Random, seededRandom } from '../../runtime/core/random.ts';
import { MetricsFileError } from '../metrics/metrics-file-error.ts';
import type { MetricsSeries } from '../metrics/series.ts';
import { steadySeries } from '../metrics/steady-series.ts';
import { catalogue, type ServiceSpec, tickMs } from './catalogue.ts';

/** Requests per second. */
export interface LoadSample {
  readonly legitimate: number;
  /** From few sources, that buy nothing. */
  readonly bots: number;
}

export interface Workload {
  readonly name: string;
  /** When the first tick is, milliseconds since 1970. */
  readonly startAt: number;
  readonly ticks: number;
  at(service: string, tick: number): LoadSample;
}

const generatedStart = fromIso('2024-01-15T00:00:00Z') ?? 0;
const ticksPerDay = 288;
const noise = 0.05;
/** How much of the last tick's deviation is left in the next. */
const memory = 0.6;
/** A bot attack and a rush of customers come once in so many ticks. */
const everyTicks = 180;

/** Daily cycle, noise with memory, rushes of customers and attacks of bots; another for every service. */
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

/** Where the busiest hours of a series come to lie: the rest of the cloud's capacity is for what comes above. */
const busyShare = 0.55;
const mostShare = 1.2;
const busyQuantile = 0.98;

/** Five-minute ticks of twenty years. */
const mostTicks = 2_000_000;

/**
 * The same series for every service, each scaled to its own capacity, whatever its unit, and at the times at which it was
 * recorded: samples of a minute are averaged, a gap and samples of an hour hold the value before.
 * @throws MetricsFileError for a negative value, which is no load
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

/** What was made of samples that do not come once a tick. */
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
