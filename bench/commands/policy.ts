/** `bench policy`: measures the duration of a decision by the committed policy, for all kinds of acts. */
import { resolve } from 'node:path';
import type { Effect } from '../../runtime/core/acting.ts';
import { loadPolicy } from '../../runtime/policy/wasm-engine.ts';
import { Latencies, type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { judge, policyBounds } from '../report/bounds.ts';
import type { Report } from '../report/report.ts';

export interface PolicyOptions {
  readonly rounds: number;
  /** Decisions per round. */
  readonly decisions: number;
}

/** Valid inputs: an input that is refused at once would improve the figures. */
const common = {
  agent_id: 'resource/checkout',
  on_behalf_of: 'capacity_planner',
  service: 'checkout',
  resource: 'service/checkout',
  estimated_cost: 100,
  arguments: { service: 'checkout', instances: 4, on: true, term_months: 36 },
  justification: { utilization: 0.7, response_time_p99: 0.2, source_concentration: 0.5 },
  constraints: { budget_remaining: 5_000, max_diagnostic_cost: 10, response_time_sla: '15_minutes' },
};

const acts: readonly object[] = [
  { ...common, action: 'scale_up' },
  { ...common, action: 'scale_up', estimated_cost: 2_000, affects_user_data: true, regulation: 'gdpr' },
  { ...common, action: 'scale_down', estimated_cost: 0 },
  { ...common, action: 'limit_rate', estimated_cost: 0 },
  { ...common, action: 'reserve_instances' },
  { ...common, action: 'diagnose', estimated_cost: 2 },
];

export async function policy({ rounds, decisions }: PolicyOptions): Promise<Report> {
  const engine = await loadPolicy(resolve('policies'));
  const effects: Record<Effect, number> = { allow: 0, require_approval: 0, deny: 0 };
  const round = (): LatencySummary => {
    const latencies = new Latencies(decisions);
    for (let n = 0; n < decisions; n++) {
      const act = acts[n % acts.length];
      const began = performance.now();
      const { effect } = engine.decide(act);
      latencies.add(performance.now() - began);
      effects[effect]++;
    }
    return latencies.summary();
  };
  const found = medianSummary(Array.from({ length: rounds }, round));
  const { p50, p99, p999, max } = inMicroseconds(found);
  return {
    columns: [
      { title: 'decisions' },
      { title: 'p50 µs', decimals: 1 },
      { title: 'p99 µs', decimals: 1 },
      { title: 'p99.9 µs', decimals: 1 },
      { title: 'max µs', decimals: 0 },
    ],
    rows: [[decisions, p50, p99, p999, max]],
    lines: [
      { bench: 'policy', decisions, p50_us: tenths(p50), p99_us: tenths(p99), p999_us: tenths(p999), ...effects },
    ],
    remarks: [`allowed ${effects.allow}, to be approved ${effects.require_approval}, denied ${effects.deny}`],
    verdicts: [judge(policyBounds.p50, p50)],
  };
}

const inMicroseconds = ({
  p50,
  p99,
  p999,
  max,
}: LatencySummary): Pick<LatencySummary, 'p50' | 'p99' | 'p999' | 'max'> => ({
  p50: p50 * 1_000,
  p99: p99 * 1_000,
  p999: p999 * 1_000,
  max: max * 1_000,
});

const tenths = (value: number): number => Math.round(value * 10) / 10;
