/** The article's `investigate` intent for a spike, with the numbers that were observed. */
import { toIso } from '../../runtime/core/clock.ts';
import type { IntentDraft } from '../../runtime/core/intent.ts';
import type { CostMonitorOptions } from './cost-monitor-options.ts';
import type { Spike } from './spike.ts';

/** Values before the spike that go with it: an hour of five-minute samples. */
const recentValues = 12;

export function investigationOf(spike: Spike, options: CostMonitorOptions): IntentDraft {
  return {
    intent_type: 'investigate',
    context: {
      anomaly_type: 'cost_spike',
      service: options.service,
      cost_increase_pct: spike.increasePct,
      time_window: spike.timeWindow,
      affected_resources: options.resources,
      severity: spike.severity,
      observed: {
        at: toIso(spike.at),
        value: spike.value,
        expected: spike.expected,
        noise: spike.noise,
        trend_pct: spike.trendPct,
        highest_before: spike.highestBefore ?? null,
        capacity: options.capacity ?? null,
        recent: spike.before.slice(-recentValues),
      },
    },
    constraints: {
      response_time_sla: options.responseTimeSla,
      max_diagnostic_cost: options.maxDiagnosticCost,
      budget: options.budget,
    },
    success_criteria: { identify_root_cause: true, provide_remediation_options: true },
  };
}
