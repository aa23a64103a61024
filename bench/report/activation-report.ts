/** Reports figures of activation and passivation with their verdicts. */
import type { LatencySummary } from '../measure/latencies.ts';
import type { PassivationRound } from '../measure/passivation-round.ts';
import { median } from '../measure/statistics.ts';
import { activationBounds, judge } from './bounds.ts';
import { latencyCells, latencyColumns, latencyFields } from './latency-figures.ts';
import type { Report } from './report.ts';

/** Two kinds of intents in one run. */
export interface Delivered {
  /** Intents to agents in memory. */
  readonly warm: LatencySummary;
  /** Intents to agents that had to be activated. */
  readonly activated: LatencySummary;
  /** Agents in memory meanwhile: those that stay, plus those that are not passivated yet. */
  readonly inMemory: number;
  /** Intents that found their agent in memory, or not, contrary to the plan. */
  readonly otherwisePercent: number;
}

export interface ActivationFigures {
  readonly agents: number;
  readonly delivered: Delivered;
  readonly memory: readonly PassivationRound[];
}

const KiB = 1024;
const MiB = 1024 ** 2;
const noLatency = [null, null, null, null];

export function activationReport({ agents, delivered, memory }: ActivationFigures): Report {
  const { warm, activated, inMemory, otherwisePercent } = delivered;
  const held = median(memory.map((round) => round.activated - round.before));
  const left = median(memory.map((round) => round.passivated - round.before));
  const givenBack = median(memory.map(givenBackPercent));
  const each = held / agents / KiB;
  return {
    columns: [
      { title: 'agents' },
      ...latencyColumns,
      { title: 'in memory' },
      { title: 'in use MiB', decimals: 1 },
      { title: 'KiB each', decimals: 2 },
    ],
    rows: [
      ['in memory', ...latencyCells(warm), inMemory, null, null],
      ['activated', ...latencyCells(activated), inMemory, null, null],
      ['all activated', ...noLatency, agents, held / MiB, each],
      ['all passivated', ...noLatency, 0, left / MiB, null],
    ],
    lines: [
      { bench: 'activation', subject: 'warm', agents, in_memory: inMemory, ...latencyFields(warm) },
      { bench: 'activation', subject: 'activated', agents, in_memory: inMemory, ...latencyFields(activated) },
      {
        bench: 'activation',
        subject: 'memory',
        agents,
        activated_mib: tenths(held / MiB),
        passivated_mib: tenths(left / MiB),
        kib_each: Math.round(each * 100) / 100,
        given_back_percent: tenths(givenBack),
      },
    ],
    remarks: ['in use: above what it was before any agent was activated'],
    verdicts: [
      judge(activationBounds.p99(warm.p99), activated.p99),
      judge(activationBounds.otherwise, otherwisePercent),
      judge(activationBounds.givenBack, givenBack),
    ],
  };
}

const givenBackPercent = ({ before, activated, passivated }: PassivationRound): number =>
  (100 * (activated - passivated)) / (activated - before);

const tenths = (value: number): number => Math.round(value * 10) / 10;
