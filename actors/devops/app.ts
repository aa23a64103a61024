/** The first mesh: three agents over a metric, as the article has them. */
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { capacityPlanner } from '../capacity_planner/agent.ts';
import type { Prices } from '../capacity_planner/plan.ts';
import { type CostMonitor, type CostMonitorEvents, costMonitor } from '../cost_monitor/agent.ts';
import type { CostMonitorOptions } from '../cost_monitor/cost-monitor-options.ts';
import { performanceOptimizer } from '../performance_optimizer/agent.ts';

export interface DevopsOptions {
  readonly monitor?: Partial<CostMonitorOptions>;
  readonly prices?: Partial<Prices>;
  /** For whoever watches the monitor: the story. */
  readonly events?: CostMonitorEvents;
}

export interface DevopsAgents {
  /** The one that is fed the samples; it is in `all` too. */
  readonly monitor: CostMonitor;
  /** For `startNode({agents}, …)`. */
  readonly all: readonly Agent[];
}

/** @throws InvalidOptionError */
export function devopsAgents(options: DevopsOptions = {}): DevopsAgents {
  const monitor = costMonitor(options.monitor, options.events);
  return { monitor, all: [defineAgent(monitor), performanceOptimizer(), capacityPlanner(options.prices)] };
}
