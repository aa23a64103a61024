/** The built-in load: a seeded series with a daily cycle, noise, and spikes at known places. */
import { fromIso } from '../../runtime/core/clock.ts';
import { InvalidOptionError } from '../../runtime/core/errors.ts';
import { compileOptions, type OptionRule, type OptionRules, whole } from '../../runtime/core/options.ts';
import { below, type Random, seededRandom } from '../../runtime/core/random.ts';
import type { Sample } from './sample.ts';
import { irregularitiesOf, type MetricsSeries } from './series.ts';

export interface LoadOptions {
  readonly seed: number;
  readonly samples: number;
  readonly spikes: number;
  /** A constant: no cycle, no noise, no spikes. */
  readonly flat: boolean;
}

export interface PlantedSpike {
  /** Its first sample, counted from 0. */
  readonly index: number;
  /** In samples. */
  readonly width: number;
  /** Of the load it is added to: 1 doubles it. */
  readonly height: number;
}

export interface GeneratedLoad extends MetricsSeries {
  readonly planted: readonly PlantedSpike[];
}

const yesNo: OptionRule<boolean> = {
  fallback: false,
  rule: 'true or false',
  holds: (value): value is boolean => typeof value === 'boolean',
};

const rules: OptionRules<LoadOptions> = {
  seed: whole(1, 0, 0xffffffff, 'units'),
  /** A week of five-minute samples. */
  samples: whole(2_016, 1, 1_000_000, 'samples'),
  spikes: whole(3, 0, 10_000, 'spikes'),
  flat: yesNo,
};

const start = fromIso('2024-01-15T00:00:00Z') ?? 0;
const stepMs = 300_000;
const samplesPerDay = 288;
/** Requests per second at an API gateway. */
const level = 400;
const cycle = 0.25;
const noise = 0.02;
/** Before the first spike, so that a watcher knows what is usual. */
const lead = 36;
const widest = 18;
/** Between two spikes. */
const apart = 40;
const slotFor = widest + apart;

/** The same series for the same options. @throws InvalidOptionError */
export function generatedLoad(given: Partial<LoadOptions> = {}): GeneratedLoad {
  const options = compileOptions('load', rules, given);
  const random = seededRandom(options.seed);
  const planted = options.flat ? [] : plant(options, random);
  const extra = new Float64Array(options.samples);
  for (const spike of planted) extra.fill(spike.height, spike.index, spike.index + spike.width);
  const samples: Sample[] = [];
  for (let i = 0; i < options.samples; i++) {
    samples.push({ at: start + i * stepMs, value: options.flat ? level : load(i, random) * (1 + (extra[i] ?? 0)) });
  }
  const name = options.flat ? 'generated load, flat' : `generated load, seed ${options.seed}`;
  return { name, samples, irregularities: irregularitiesOf(samples), planted };
}

/** One spike at a random place of each of as many equal slots as there are spikes. */
function plant(options: LoadOptions, random: Random): PlantedSpike[] {
  const slot = options.spikes === 0 ? 0 : Math.floor((options.samples - lead) / options.spikes);
  if (options.spikes > 0 && slot < slotFor) {
    const most = Math.max(0, Math.floor((options.samples - lead) / slotFor));
    throw new InvalidOptionError('load.spikes', `at most ${most} in ${options.samples} samples`, options.spikes);
  }
  return Array.from({ length: options.spikes }, (_, i) => ({
    index: lead + i * slot + below(random, slot - slotFor + 1),
    width: 3 + below(random, widest - 2),
    height: 0.8 + 1.7 * random.next(),
  }));
}

function load(i: number, random: Random): number {
  const day = 1 - cycle * Math.cos((2 * Math.PI * i) / samplesPerDay);
  return Math.round(level * day * (1 + noise * normal(random)) * 100) / 100;
}

/** A standard normal deviate (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
