/** Reports figures of a node with a deep queue, with their verdicts. */
import type { LatencySummary } from '../measure/latencies.ts';
import { nodeLimits } from '../subjects/pool-settings.ts';
import { deepBounds, floodBounds, judge } from './bounds.ts';
import { latencyCells, latencyColumns, latencyFields } from './latency-figures.ts';
import type { Report } from './report.ts';

export interface DeepFigures {
  readonly lanes: number;
  readonly tickets: number;
  /** Intents in the node after all were sent. */
  readonly held: number;
  /** The node's own estimate of their memory. */
  readonly estimatedBytes: number;
  /** Heap and buffers above the idle node. */
  readonly usedBytes: number;
  /** The maximum resident memory above the idle node, including garbage. */
  readonly rssBytes: number;
  readonly fillPerSecond: number;
  readonly drainPerSecond: number;
  readonly lost: number;
  readonly without: LatencySummary;
  readonly during: LatencySummary;
}

const MiB = 1024 ** 2;

export function deepReport(figures: DeepFigures): Report {
  const { lanes, held, without, during } = figures;
  const configured = nodeLimits.maxMemoryBytes / MiB;
  const estimated = figures.estimatedBytes / MiB;
  const used = figures.usedBytes / MiB;
  const resident = figures.rssBytes / MiB;
  const rates = [figures.fillPerSecond, figures.drainPerSecond];
  return {
    columns: [
      { title: 'node' },
      ...latencyColumns,
      { title: 'held' },
      { title: 'lanes' },
      { title: 'in use MiB', decimals: 1 },
      { title: 'estimate', decimals: 1 },
      { title: 'peak RSS MiB', decimals: 1 },
      { title: 'fill/s' },
      { title: 'drain/s' },
    ],
    rows: [
      ['idle', ...latencyCells(without), 0, 0, 0, 0, 0, null, null],
      ['deep', ...latencyCells(during), held, lanes, used, estimated, resident, ...rates],
    ],
    lines: [
      { bench: 'deep', subject: 'idle', held: 0, ...latencyFields(without) },
      {
        bench: 'deep',
        subject: 'deep',
        held,
        lanes,
        node_used_mib: Math.round(used),
        node_peak_rss_mib: Math.round(resident),
        node_estimate_mib: Math.round(estimated),
        configured_mib: Math.round(configured),
        fill_per_s: Math.round(figures.fillPerSecond),
        drain_per_s: Math.round(figures.drainPerSecond),
        ...latencyFields(during),
      },
    ],
    verdicts: [
      judge(deepBounds.memory(configured), used),
      judge(deepBounds.estimate(estimated), used),
      judge(deepBounds.p99(without.p99), during.p99),
      judge(floodBounds.lost, figures.lost),
    ],
  };
}
