/** Reports figures of a soak with their verdicts. */
import { type Slope, scaled } from '../measure/slope.ts';
import { type Growth, isCompiled, type SoakGrowth } from '../soak/growth.ts';
import { judge, soakBounds, type Verdict } from './bounds.ts';
import type { Report } from './report.ts';
import { formatNumber } from './table.ts';

export interface SoakFigures {
  readonly minutes: number;
  readonly ratePerSecond: number;
  readonly growth: SoakGrowth;
  /** Active resources at the end, by type. */
  readonly resources: Readonly<Record<string, number>>;
  readonly accepted: number;
  /** Counts by reason, while the daemon ran. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly dead: number;
  /** The exit codes of the daemon under load and of the one after it: 0 is correct. */
  readonly exits: readonly (number | string)[];
  /** How long the first daemon took to end. */
  readonly endSeconds: number;
  /** Messages in the store after the first daemon ended, then after the time of the next one. */
  readonly leftByFirst: number;
  readonly leftByNext: number;
  readonly lost: number;
}

const MiB = 1024 ** 2;
/** Resident memory depends on when the allocator returns pages: a short series shows nothing. */
const rssMinutes = 10;

export function soakReport(figures: SoakFigures): Report {
  const { growth } = figures;
  return {
    columns: [
      { title: 'after warm-up' },
      { title: 'first', decimals: 2 },
      { title: 'last', decimals: 2 },
      { title: 'a minute', decimals: 3 },
      { title: 'from', decimals: 3 },
      { title: 'to', decimals: 3 },
      { title: 'samples' },
      { title: 'worth', decimals: 1 },
    ],
    rows: [
      row('heap MiB', growth.heap, MiB),
      row('external MiB', growth.external, MiB),
      row('RSS MiB', growth.rss, MiB),
      ...(growth.descriptors === null ? [] : [row('descriptors', growth.descriptors, 1)]),
      row('active resources', growth.resources, 1),
      row('agents in memory', growth.activations, 1),
    ],
    lines: [line(figures)],
    remarks: remarks(figures),
    verdicts: verdicts(figures),
  };
}

/** Heap bytes that one intent leaves behind. */
const keptOf = ({ heap, intentsPerMinute }: SoakGrowth): Slope => scaled(heap.slope, 1 / intentsPerMinute);

const isLeak = (growth: SoakGrowth): boolean => keptOf(growth).low > soakBounds.kept.limit;

const isRssJudged = (growth: SoakGrowth): boolean => growth.minutes >= rssMinutes;

function remarks({ growth, refusals, ...figures }: SoakFigures): readonly string[] {
  const { perMinute: kept, low, high } = keptOf(growth);
  const measured = formatNumber(growth.minutes, 1);
  return [
    `${formatNumber(figures.accepted, 0)} intents accepted, ${figures.dead} dead letters; ` +
      `SIGTERM under load took ${formatNumber(figures.endSeconds, 1)} s and left ${figures.leftByFirst} for the next daemon`,
    `active resources at the end: ${counts(figures.resources)}`,
    ...(Object.keys(refusals).length === 0 ? [] : [`refused while the daemon ran: ${counts(refusals)}`]),
    ...(isCompiled(figures.minutes) ? [] : ['a run so short is made by the interpreter of V8, without its compiler']),
    ...(isRssJudged(growth) ? [] : [`RSS is not judged: ${measured} min were measured, it takes ${rssMinutes}`]),
    `${isLeak(growth) ? 'leak found' : 'no leak found'}: the heap grows by ${formatNumber(kept, 1)} bytes an intent ` +
      `(95 %: ${formatNumber(low, 1)} to ${formatNumber(high, 1)})`,
  ];
}

function verdicts(figures: SoakFigures): readonly Verdict[] {
  const { growth, refusals, exits } = figures;
  const refused = Object.values(refusals).reduce((total, count) => total + count, 0);
  return [
    judge(soakBounds.heap, growth.heap.slope.high / MiB),
    judge(soakBounds.kept, keptOf(growth).low),
    ...(isRssJudged(growth) ? [judge(soakBounds.rss, growth.rss.slope.high / MiB)] : []),
    ...(growth.descriptors === null ? [] : [judge(soakBounds.descriptors, growth.descriptors.slope.low)]),
    judge(soakBounds.resources, growth.resources.slope.low),
    judge(soakBounds.refused, refused),
    judge(soakBounds.exit, Math.max(...exits.map((exit) => (typeof exit === 'number' ? exit : Number.NaN)))),
    judge(soakBounds.left, figures.leftByNext),
    judge(soakBounds.lost, figures.lost),
  ];
}

function row(name: string, { first, last, slope }: Growth, unit: number): readonly (string | number)[] {
  const { perMinute, low, high, samples, effective } = scaled(slope, 1 / unit);
  return [name, first / unit, last / unit, perMinute, low, high, samples, effective];
}

function line(figures: SoakFigures): object {
  const { growth, exits } = figures;
  const kept = keptOf(growth);
  return {
    bench: 'soak',
    minutes: figures.minutes,
    rate: figures.ratePerSecond,
    compiled: isCompiled(figures.minutes),
    measured_minutes: rounded(growth.minutes),
    intents_per_minute: Math.round(growth.intentsPerMinute),
    accepted: figures.accepted,
    refused: figures.refusals,
    dead: figures.dead,
    ...fields('heap_mib', growth.heap, MiB),
    ...fields('external_mib', growth.external, MiB),
    ...fields('rss_mib', growth.rss, MiB),
    ...(growth.descriptors === null ? {} : fields('descriptors', growth.descriptors, 1)),
    ...fields('active_resources', growth.resources, 1),
    ...fields('activations', growth.activations, 1),
    active_resources_by_type: figures.resources,
    kept_bytes_per_intent: rounded(kept.perMinute),
    kept_bytes_per_intent_low: rounded(kept.low),
    kept_bytes_per_intent_high: rounded(kept.high),
    leak: isLeak(growth),
    exits,
    end_seconds: rounded(figures.endSeconds),
    left_by_first: figures.leftByFirst,
    left_by_next: figures.leftByNext,
    lost: figures.lost,
  };
}

function fields(name: string, { first, last, slope }: Growth, unit: number): object {
  const { perMinute, low, high, samples, effective } = scaled(slope, 1 / unit);
  return {
    [name]: {
      first: rounded(first / unit),
      last: rounded(last / unit),
      per_minute: rounded(perMinute),
      low: rounded(low),
      high: rounded(high),
      samples,
      effective: rounded(effective),
    },
  };
}

const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
