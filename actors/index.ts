/** The DevOps mesh: what may be used of it outside of this folder. */
export { capacityPlanner } from './capacity_planner/agent.ts';
export { Cloud, type ServiceReading, type Totals } from './cloud/cloud.ts';
export { generatedWorkload, replayedWorkload, type Workload } from './cloud/load.ts';
export { costMonitor } from './cost_monitor/agent.ts';
export { type MeshOutcome, type MeshParts, type MeshRun, runMesh } from './devops/mesh-run.ts';
export type { MeshTotals, RunResult } from './devops/totals.ts';
export { readMetricsFile } from './metrics/metrics-file.ts';
export { MetricsFileError } from './metrics/metrics-file-error.ts';
export type { Sample } from './metrics/sample.ts';
export type { Irregularities, MetricsSeries, TimeGap } from './metrics/series.ts';
export { performanceOptimizer } from './performance_optimizer/agent.ts';
export { resourceAgent } from './resource/agent.ts';
export { autoscalerWorld } from './worlds/autoscaler.ts';
export { uncoordinatedWorld } from './worlds/uncoordinated.ts';
