/** Runs the comparison over many seeds, on parts that are opened once. */

import { highest } from '../../runtime/core/extremes.ts';
import type { Totals } from '../cloud/cloud.ts';
import { generatedWorkload } from '../cloud/load.ts';
import { autoscalerScenario } from '../scenarios/autoscaler.ts';
import { uncoordinatedScenario } from '../scenarios/uncoordinated.ts';
import type { Ablation } from './ablation.ts';
import { approverFor } from './approvers.ts';
import { flipsWithinCoolDown, mostFlipsWithin } from './flips.ts';
import { type MeshOutcome, runMesh } from './mesh-run.ts';
import { type OpenParts, openParts } from './parts.ts';

export interface SeedsRun {
  readonly seeds: number;
  readonly ticks: number;
  readonly ablations: number;
  readonly mesh: string;
  readonly data: string;
}

export interface AblationReport {
  readonly without: Ablation;
  /** The median number of flips that the mesh has less than the agents alone. */
  readonly advantage: number;
  /** The share of the mesh's own advantage that is lost, over the same seeds: 0 to 1. */
  readonly lost: number;
}

export interface SeedsReport {
  readonly seeds: number;
  readonly ticks: number;
  /** Seeds with fewer flips, lower cost and no more SLA violations. */
  readonly won: number;
  readonly median: { readonly uncoordinated: number; readonly autoscaler: number; readonly mesh: number };
  readonly advantage: number;
  readonly flips_within_cool_down: number;
  readonly ablations: readonly AblationReport[];
  /** Whether all promises hold. */
  readonly holds: boolean;
}

const ablated: readonly Ablation[] = ['planner-replies', 'grants'];
const promisedShare = 0.95;
const promisedLoss = 0.5;

interface OneSeed {
  readonly alone: Totals;
  readonly autoscaler: Totals;
  readonly mesh: MeshOutcome;
  readonly without: ReadonlyMap<Ablation, number>;
}

export async function compareSeeds(
  run: SeedsRun,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<SeedsReport> {
  const approver = approverFor('auto', print);
  await using parts = await openParts({ mesh: run.mesh, data: run.data, approver, say: print, signal });
  for (const line of parts.describe) print(line);
  const found: OneSeed[] = [];
  for (let seed = 1; seed <= run.seeds; seed++) {
    const one = await compareOne(parts, seed, run.ticks, seed <= run.ablations ? ablated : [], signal);
    found.push(one);
    const { alone, mesh } = one;
    print(
      `seed ${seed}: flips ${alone.flips} -> ${mesh.totals.flips}, USD ${alone.cost_usd} -> ${mesh.totals.cost_usd}, SLA violations ${alone.sla_violations} -> ${mesh.totals.sla_violations}`,
    );
  }
  return reportOf(run, found);
}

async function compareOne(
  parts: OpenParts,
  seed: number,
  ticks: number,
  missing: readonly Ablation[],
  signal: AbortSignal,
): Promise<OneSeed> {
  const workload = generatedWorkload(seed, ticks);
  const meshWithout = (...without: readonly Ablation[]): Promise<MeshOutcome> => {
    const run = `${parts.run}-${seed}-${without.join('-')}`;
    return runMesh({ parts, workload, without: new Set(without), run, constraints: parts.constraints, signal });
  };
  const mesh = await meshWithout();
  const without = new Map<Ablation, number>();
  for (const part of missing) without.set(part, (await meshWithout(part)).totals.flips);
  const [alone, autoscaler] = [uncoordinatedScenario(workload).totals, autoscalerScenario(workload).totals];
  return { alone, autoscaler, mesh, without };
}

function reportOf({ seeds, ticks, ablations }: SeedsRun, found: readonly OneSeed[]): SeedsReport {
  const won = found.filter(({ alone, mesh: { totals } }) => {
    return (
      totals.flips < alone.flips && totals.cost_usd < alone.cost_usd && totals.sla_violations <= alone.sla_violations
    );
  }).length;
  const some = found.slice(0, ablations);
  const own = median(some.map(({ alone, mesh }) => alone.flips - mesh.totals.flips));
  const reports = ablated.map((without): AblationReport => {
    const advantage = median(some.map((one) => one.alone.flips - (one.without.get(without) ?? 0)));
    return { without, advantage, lost: Math.round((1 - advantage / own) * 100) / 100 };
  });
  const within = highest(found.map(({ mesh }) => flipsWithinCoolDown(mesh.cloud)));
  const isCoordination = reports.every(({ lost }) => lost >= promisedLoss);
  return {
    seeds,
    ticks,
    won,
    median: {
      uncoordinated: median(found.map(({ alone }) => alone.flips)),
      autoscaler: median(found.map(({ autoscaler }) => autoscaler.flips)),
      mesh: median(found.map(({ mesh }) => mesh.totals.flips)),
    },
    advantage: median(found.map(({ alone, mesh }) => alone.flips - mesh.totals.flips)),
    flips_within_cool_down: within,
    ablations: reports,
    holds: won >= promisedShare * seeds && within <= mostFlipsWithin && isCoordination,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}
