/** `bench policy`: what a decision takes, by the committed policy, on inputs of every kind of act. */
import { resolve } from 'node:path';
import { loadPolicy } from '../../runtime/policy/wasm-engine.ts';
import { median, percentile } from '../measure/statistics.ts';
import { judge, policyBounds } from '../report/bounds.ts';
import type { Report } from '../report/report.ts';

export interface PolicyOptions {
  readonly rounds: number;
  /** In each round. */
  readonly decisions: number;
}

const common = {
  agent: 'resource/checkout',
  service: 'checkout',
  resource: 'service/checkout',
  estimated_cost: 100,
  justification: { utilization: 0.7, response_time_p99: 0.2, source_concentration: 0.5 },
  constraints: { budget_remaining: 5_000, max_diagnostic_cost: 10, response_time_sla: '15_minutes' },
};
const acts = ['scale_up', 'scale_down', 'limit_rate', 'reserve_instances', 'diagnose'];

export async function policy({ rounds, decisions }: PolicyOptions): Promise<Report> {
  const engine = await loadPolicy(resolve('policies'));
  const inputs = acts.map((action) => ({
    ...common,
    action,
    arguments: { service: 'checkout', instances: 4, on: true },
  }));
  const found = Array.from({ length: rounds }, () => {
    const times = Float64Array.from({ length: decisions }, (_, n) => {
      const began = performance.now();
      engine.decide(inputs[n % inputs.length]);
      return (performance.now() - began) * 1_000;
    }).sort();
    return { p50: percentile(times, 50), p99: percentile(times, 99) };
  });
  const [p50, p99] = [median(found.map((round) => round.p50)), median(found.map((round) => round.p99))];
  return {
    columns: [{ title: 'decisions' }, { title: 'p50 µs', decimals: 1 }, { title: 'p99 µs', decimals: 1 }],
    rows: [[decisions, p50, p99]],
    lines: [{ bench: 'policy', decisions, p50_us: Math.round(p50 * 10) / 10, p99_us: Math.round(p99 * 10) / 10 }],
    verdicts: [judge(policyBounds.p50, p50)],
  };
}
