/** The DevOps mesh: what may be used of it outside of this folder. */
export { capacityPlanner } from './capacity_planner/agent.ts';
export type { Prices } from './capacity_planner/plan.ts';
export { type CostMonitor, type CostMonitorEvents, costMonitor, type Verdict } from './cost_monitor/agent.ts';
export type { CostMonitorOptions } from './cost_monitor/cost-monitor-options.ts';
export type { DetectorOptions } from './cost_monitor/detector-options.ts';
export type { Severity, Spike } from './cost_monitor/spike.ts';
export { type DevopsAgents, type DevopsOptions, devopsAgents } from './devops/app.ts';
export {
  type AgentsNode,
  type DevopsResult,
  type DevopsRun,
  type Pace,
  runDevops,
  type SampleObserver,
} from './devops/run.ts';
export { Story, type StoryCounts } from './devops/story.ts';
export { type GeneratedLoad, generatedLoad, type LoadOptions, type PlantedSpike } from './metrics/generated-load.ts';
export { readMetricsFile } from './metrics/metrics-file.ts';
export { MetricsFileError } from './metrics/metrics-file-error.ts';
export type { Sample } from './metrics/sample.ts';
export type { Irregularities, MetricsSeries, TimeGap } from './metrics/series.ts';
export { performanceOptimizer } from './performance_optimizer/agent.ts';
