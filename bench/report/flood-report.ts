/** Reports figures of floods with their verdicts. */
import type { FloodRound } from '../measure/flood-round.ts';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { median } from '../measure/statistics.ts';
import { nodeLimits } from '../subjects/pool-settings.ts';
import { floodBounds, inSetting, judge, type Verdict } from './bounds.ts';
import { latencyCells, latencyColumns, latencyFields } from './latency-figures.ts';
import type { Report } from './report.ts';

export interface Flooded {
  readonly setting: string;
  readonly rounds: readonly FloodRound[];
}

export function floodReport(base: LatencySummary, floods: readonly Flooded[]): Report {
  const found = floods.map(({ setting, rounds }) => ({ setting, ...condense(rounds) }));
  return {
    columns: [
      { title: 'flood' },
      ...latencyColumns,
      { title: 'confirmed' },
      { title: 'refused' },
      { title: 'lost' },
      { title: 'deepest lane' },
      { title: 'usual' },
      { title: 'mailbox' },
    ],
    rows: [
      ['none', ...latencyCells(base), null, null, null, null, null, null],
      ...found.map(({ setting, latency, tickets, refused, lost, deepest, usual, mailbox }) => {
        return [setting, ...latencyCells(latency), tickets, refused, lost, deepest, usual, mailbox];
      }),
    ],
    lines: [
      { bench: 'flood', subject: 'none', ...latencyFields(base) },
      ...found.map(({ setting, latency, ...counts }) => {
        return { bench: 'flood', subject: setting, ...latencyFields(latency), ...counts };
      }),
    ],
    verdicts: found.flatMap((flood, i) => verdicts(flood, base, i === 0)),
  };
}

type Condensed = ReturnType<typeof condense> & { readonly setting: string };

/** Takes medians of varying figures, but the worst of figures that must be zero. */
function condense(rounds: readonly FloodRound[]) {
  const worst = (figure: 'untyped' | 'lost' | 'deepest' | 'mailbox'): number =>
    Math.max(...rounds.map((round) => round[figure]));
  return {
    latency: medianSummary(rounds.map(({ latency }) => latency)),
    tickets: median(rounds.map(({ tickets }) => tickets)),
    refused: median(rounds.map(({ refused }) => refused)),
    usual: median(rounds.map(({ usual }) => usual)),
    untyped: worst('untyped'),
    lost: worst('lost'),
    deepest: worst('deepest'),
    mailbox: worst('mailbox'),
  };
}

/** A single sender has a single lane: that one must be full. */
function verdicts(flood: Condensed, base: LatencySummary, single: boolean): readonly Verdict[] {
  const capacity = nodeLimits.laneCapacity;
  return [
    judge(floodBounds.depth(capacity), flood.deepest),
    ...(single ? [judge(floodBounds.full(capacity), flood.usual)] : []),
    judge(floodBounds.untyped, flood.untyped),
    judge(floodBounds.lost, flood.lost),
    judge(floodBounds.p99(base.p99), flood.latency.p99),
  ].map(({ bound, ...rest }) => ({ bound: inSetting(flood.setting, bound), ...rest }));
}
