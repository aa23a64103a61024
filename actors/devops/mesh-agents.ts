/** The four kinds of agents of the DevOps mesh. */
import type { Agent } from '../../runtime/actor/define-agent.ts';
import { capacityPlanner } from '../capacity_planner/agent.ts';
import { tickMs } from '../cloud/catalogue.ts';
import { costMonitor } from '../cost_monitor/agent.ts';
import { performanceOptimizer } from '../performance_optimizer/agent.ts';
import type { MonitorIntents, OptimizerIntents, PlannerIntents, ResourceIntents } from '../protocol/agents.ts';
import type { MeshServices } from '../protocol/services.ts';
import { resourceAgent } from '../resource/agent.ts';
import type { Ablation } from './ablation.ts';

/** Within this time a service changes its direction twice at most. */
export const coolDownMs: number = 5 * tickMs;
/** Long enough to keep agents active for a whole run, whose clock jumps. */
const idleMs = 24 * 3_600_000;

export type MeshAgents = readonly [
  Agent<PlannerIntents, MeshServices>,
  Agent<OptimizerIntents, MeshServices>,
  Agent<MonitorIntents, MeshServices>,
  Agent<ResourceIntents, MeshServices>,
];

export const meshAgents = (without: ReadonlySet<Ablation> = new Set()): MeshAgents => [
  capacityPlanner({ idleMs }),
  performanceOptimizer({ idleMs, consultsPlanner: !without.has('planner-replies') }),
  costMonitor({ idleMs }),
  resourceAgent({ rules: { coolDownMs, shortestMs: tickMs }, grants: !without.has('grants'), idleMs }),
];
