import { describe, expect, it } from 'vitest';
import { capacityPlanner } from '../../../actors/capacity_planner/agent.ts';
import { type CostMonitor, costMonitor, type Verdict } from '../../../actors/cost_monitor/agent.ts';
import { performanceOptimizer } from '../../../actors/performance_optimizer/agent.ts';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { SchemaViolationError } from '../../../runtime/core/intent-errors.ts';
import { checkFor, recordingContext } from './recording-context.ts';
import { planted } from './series-maker.ts';

const spiky = planted([{ gap: 40, width: 6, height: 0.47 }]);

async function investigation(monitor: CostMonitor = costMonitor(), samples = spiky): Promise<Intent> {
  const { ctx, sent } = recordingContext(monitor.kind);
  for (const sample of samples) await monitor.observe(sample, ctx);
  expect(sent).toHaveLength(1);
  return sent[0] as Intent;
}

async function answer(agent: ReturnType<typeof capacityPlanner>, intent: Intent): Promise<Intent> {
  const { ctx, sent } = recordingContext(agent.kind, intent);
  await agent.compiled.receive(intent, ctx);
  expect(sent).toHaveLength(1);
  return sent[0] as Intent;
}

const consultation = async (): Promise<Intent> => answer(performanceOptimizer(), await investigation());
const proposal = async (): Promise<Intent> => answer(capacityPlanner(), await consultation());

describe('the cost monitor', () => {
  it("sends the article's intent when the cost spikes", async () => {
    expect(await investigation()).toMatchObject({
      from_agent: 'cost_monitor',
      to_agent: 'performance_optimizer',
      intent_type: 'investigate',
      context: {
        anomaly_type: 'cost_spike',
        service: 'api_gateway',
        cost_increase_pct: 47,
        time_window: 'last_3_hours',
        affected_resources: ['prod-api-gateway-01', 'prod-api-gateway-02'],
        observed: { value: 147, expected: 100, highest_before: 100, capacity: null },
      },
      constraints: { response_time_sla: '15_minutes', max_diagnostic_cost: 10, budget: 500 },
      success_criteria: { identify_root_cause: true, provide_remediation_options: true },
      parent_intent_id: null,
    });
  });

  it('says so before it sends, and gives the ticket', async () => {
    const seen: string[] = [];
    const monitor = costMonitor({}, { spike: (spike) => seen.push(`spike ${spike.increasePct}`) });
    const { ctx } = recordingContext(monitor.kind);
    const tickets = [];
    for (const sample of spiky) tickets.push(await monitor.observe(sample, ctx));
    expect(seen).toEqual(['spike 47']);
    expect(tickets.filter((ticket) => ticket !== undefined)).toMatchObject([{ to: 'performance_optimizer', seq: 1 }]);
  });

  it.each([
    [500, true],
    [1, false],
    [0, false],
  ])('judges a proposal against its budget of %d', async (budget, withinBudget) => {
    const verdicts: Verdict[] = [];
    const monitor = costMonitor({ budget }, { verdict: (verdict) => verdicts.push(verdict) });
    const intent = await proposal();
    const costly = { ...intent, context: { ...intent.context, proposal: costing(70) } };
    monitor.receive(costly, recordingContext(monitor.kind, costly).ctx);
    monitor.receive(costly, recordingContext(monitor.kind, costly).ctx);
    expect(verdicts[0]).toMatchObject({ action: 'scale_out', estimatedCost: 70, withinBudget, budget });
    expect(monitor.verdicts).toHaveLength(1);
  });

  it('refuses options that cannot be', () => {
    expect(() => costMonitor({ budget: -1 })).toThrow(InvalidOptionError);
    expect(() => costMonitor({ resources: [] })).toThrow(InvalidOptionError);
    expect(() => costMonitor({ detector: { window: 0 } })).toThrow(InvalidOptionError);
  });
});

const costing = (estimated_cost: number): Record<string, string | number | Record<string, never>> => ({
  action: 'scale_out',
  parameters: {},
  estimated_cost,
  risk: 'none',
});

describe('what an agent sends satisfies what its receiver declares', () => {
  it('investigate', async () => checkFor(performanceOptimizer(), await investigation()));
  it('optimize', async () => checkFor(capacityPlanner(), await consultation()));
  it('scale', async () => checkFor(costMonitor(), await proposal()));

  it('for a rise from nothing, and from below nothing, too', async () => {
    for (const level of [0, -1e-300, -5]) {
      const samples = planted([], { rest: 40, level: 1 }).map((sample, i) => ({
        ...sample,
        value: i === 30 ? 9 : level,
      }));
      const first = await investigation(costMonitor(), samples);
      checkFor(performanceOptimizer(), first);
      const second = await answer(performanceOptimizer(), first);
      checkFor(capacityPlanner(), second);
      checkFor(costMonitor(), await answer(capacityPlanner(), second));
    }
  });
});

it('the optimizer names the bottleneck and consults the planner', async () => {
  expect(await consultation()).toMatchObject({
    to_agent: 'capacity_planner',
    intent_type: 'optimize',
    context: {
      bottleneck: 'unprecedented_burst',
      options: ['enable_rate_limiting', 'scale_out'],
      load: { value: 147 },
    },
    constraints: { budget: 500 },
  });
});

it('the planner proposes, with what else it weighed', async () => {
  const { context, to_agent, intent_type } = await proposal();
  expect({ to_agent, intent_type }).toEqual({ to_agent: 'cost_monitor', intent_type: 'scale' });
  expect(context).toMatchObject({ type: 'proposal', proposal: { action: 'enable_rate_limiting', estimated_cost: 0 } });
  expect(context.alternatives_considered).toHaveLength(3);
});

it.each([
  ['investigate', performanceOptimizer(), investigation, { cost_increase_pct: '47' }, 'context.cost_increase_pct'],
  ['optimize', capacityPlanner(), consultation, { options: [] }, 'context.options'],
  ['scale', costMonitor(), proposal, { type: 'order' }, 'context.type'],
] as const)('a bad %s is refused with the path of the fault', async (_, receiver, make, change, path) => {
  const intent = await make();
  const bad: Intent = { ...intent, context: { ...intent.context, ...change } };
  expect(() => checkFor(receiver, bad)).toThrow(SchemaViolationError);
  expect(() => checkFor(receiver, bad)).toThrow(path);
});
