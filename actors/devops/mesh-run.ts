/** Runs the mesh over one workload: agents, node, scenario, outcome. */
import { reasonOf } from '../../runtime/core/errors.ts';
import type { Logger } from '../../runtime/core/logger.ts';
import { defineApp } from '../../runtime/node/app.ts';
import { startNode } from '../../runtime/node/node.ts';
import type { NodeServices } from '../../runtime/node/services.ts';
import type { Approver } from '../../runtime/policy/approver.ts';
import { Cloud } from '../cloud/cloud.ts';
import type { Workload } from '../cloud/load.ts';
import type { Constraints } from '../protocol/constraints.ts';
import type { MeshServices } from '../protocol/services.ts';
import { runMeshScenario } from '../scenarios/mesh-scenario.ts';
import { SimClock } from '../scenarios/sim-clock.ts';
import type { Ablation } from './ablation.ts';
import { cloudActuators } from './actuators.ts';
import { meshAgents } from './mesh-agents.ts';
import type { MeshStores } from './open-stores.ts';
import { Tally } from './tally.ts';
import type { MeshTotals } from './totals.ts';
import { unversioned } from './unversioned.ts';
import { noEpisodes, noKnowledge } from './without-memory.ts';

/** The parts of the mesh. */
export interface MeshParts extends MeshStores {
  readonly mesh: string;
  readonly approver: Approver;
  readonly log: Logger;
}

export interface MeshRun {
  readonly parts: MeshParts;
  readonly workload: Workload;
  readonly without: ReadonlySet<Ablation>;
  /** Identifies the data of this run in shared stores. */
  readonly run: string;
  readonly constraints: (service: string) => Constraints;
  readonly signal: AbortSignal;
  readonly ticked?: (cloud: Cloud) => void;
}

export interface MeshOutcome {
  readonly cloud: Cloud;
  readonly tally: Tally;
  readonly totals: MeshTotals;
}

/** Runs the mesh. @throws Error when an intent could not be handled: the result would not be reliable */
export async function runMesh(given: MeshRun): Promise<MeshOutcome> {
  const { parts, workload, without, signal, ticked } = given;
  const cloud = new Cloud(workload);
  const clock = new SimClock(cloud.now);
  const tally = new Tally();
  const app = defineApp({
    agents: meshAgents(without),
    services: () => servicesOf(given, cloud, tally),
  });
  const { transport, mesh, log, semantic } = parts;
  const node = await startNode(app, { transport, mesh, clock, log, egress: 'off', observer: tally });
  try {
    await semantic.caughtUp();
    const scenario = { cloud, node, clock, ticks: workload.ticks, signal };
    await runMeshScenario(ticked === undefined ? scenario : { ...scenario, ticked });
  } finally {
    await node.stop({ drainMs: 2_000 });
  }
  if (tally.failures.length > 0) throw new Error(`the mesh failed: ${reasonOf(tally.failures[0])}`);
  return { cloud, tally, totals: { ...cloud.totals, ...tally.counts } };
}

function servicesOf(
  { parts, without, run, constraints }: MeshRun,
  cloud: Cloud,
  events: Tally,
): NodeServices<MeshServices> & { readonly services: MeshServices } {
  const { policy, approver, reasoner, working, shared } = parts;
  const traces = without.has('traces') ? undefined : parts.traces;
  return {
    ...(without.has('policy') ? {} : { policy }),
    ...(traces === undefined ? {} : { traces }),
    approver,
    actuators: cloudActuators(cloud),
    memory: {
      working,
      shared: without.has('shared') ? unversioned(shared) : shared,
      episodic: without.has('episodes') ? noEpisodes : parts.episodes,
      semantic: without.has('semantic') ? noKnowledge : parts.semantic,
    },
    services: { constraints, reasoner, traces, run, events },
  };
}
