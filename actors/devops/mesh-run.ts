/** Runs the mesh over one workload: agents, node, scenario, outcome. */
import { reasonOf } from '../../runtime/core/errors.ts';
import type { Logger } from '../../runtime/core/logger.ts';
import type { EpisodicMemory } from '../../runtime/memory/episodic-memory.ts';
import type { SemanticMemory } from '../../runtime/memory/semantic-memory.ts';
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';
import type { WorkingMemory } from '../../runtime/memory/working-memory.ts';
import { startNode } from '../../runtime/node/node.ts';
import type { ActOptions } from '../../runtime/policy/act-options.ts';
import type { Approver } from '../../runtime/policy/approver.ts';
import type { PolicyEngine } from '../../runtime/policy/policy-engine.ts';
import type { Reasoner } from '../../runtime/reasoning/reasoner.ts';
import type { TraceStore } from '../../runtime/telemetry/reasoning-trace.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { capacityPlanner } from '../capacity_planner/agent.ts';
import { tickMs } from '../cloud/catalogue.ts';
import { Cloud } from '../cloud/cloud.ts';
import type { Workload } from '../cloud/load.ts';
import { costMonitor } from '../cost_monitor/agent.ts';
import { performanceOptimizer } from '../performance_optimizer/agent.ts';
import type { Constraints } from '../protocol/constraints.ts';
import { resourceAgent } from '../resource/agent.ts';
import { runMeshScenario } from '../scenarios/mesh-scenario.ts';
import { SimClock } from '../scenarios/sim-clock.ts';
import type { Ablation } from './ablation.ts';
import { cloudActuators } from './actuators.ts';
import { Tally } from './tally.ts';
import type { MeshTotals } from './totals.ts';
import { unversioned } from './unversioned.ts';

/** The parts of the mesh. */
export interface MeshParts {
  readonly transport: Transport;
  readonly mesh: string;
  readonly policy: PolicyEngine;
  readonly traces: TraceStore;
  readonly episodes: EpisodicMemory;
  readonly semantic: SemanticMemory;
  readonly shared: SharedMemory;
  readonly working: WorkingMemory;
  readonly reasoner: Reasoner;
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

/** Within this time a service changes its direction twice at most. */
export const coolDownMs: number = 5 * tickMs;
/** Long enough to keep agents active for the whole run. */
const idleMs = 24 * 3_600_000;

/** Runs the mesh. @throws Error when an intent could not be handled: the result would not be reliable */
export async function runMesh(given: MeshRun): Promise<MeshOutcome> {
  const { parts, workload, without, run, constraints, signal, ticked } = given;
  const cloud = new Cloud(workload);
  const clock = new SimClock(cloud.now);
  const tally = new Tally();
  const episodes = without.has('episodes') ? undefined : parts.episodes;
  const semantic = without.has('semantic') ? undefined : parts.semantic;
  const traces = without.has('traces') ? undefined : parts.traces;
  const agents = [
    capacityPlanner({ constraints, idleMs }),
    performanceOptimizer({ constraints, idleMs, consultsPlanner: !without.has('planner-replies') }),
    costMonitor({ constraints, idleMs, reasoner: parts.reasoner, semantic, episodes, working: parts.working, run }),
    resourceAgent({
      shared: without.has('shared') ? unversioned(parts.shared) : parts.shared,
      rules: { coolDownMs, shortestMs: tickMs },
      grants: !without.has('grants'),
      traces,
      episodes,
      run,
      idleMs,
      events: tally,
    }),
  ];
  const actions: ActOptions = {
    ...(without.has('policy') ? {} : { policy: parts.policy }),
    ...(traces === undefined ? {} : { traces }),
    approver: parts.approver,
    actuators: cloudActuators(cloud),
  };
  const { transport, mesh, log } = parts;
  const node = await startNode({ agents }, { transport, mesh, clock, log, egress: 'off', observer: tally, actions });
  try {
    await semantic?.caughtUp();
    const scenario = { cloud, node, clock, ticks: workload.ticks, signal };
    await runMeshScenario(ticked === undefined ? scenario : { ...scenario, ticked });
  } finally {
    await node.stop({ drainMs: 2_000 });
  }
  if (tally.failures.length > 0) throw new Error(`the mesh failed: ${reasonOf(tally.failures[0])}`);
  return { cloud, tally, totals: { ...cloud.totals, ...tally.counts } };
}
