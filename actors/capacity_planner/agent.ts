/** Weighs the ways to carry a load, and proposes the best one to the cost monitor. */
import type { AgentContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import type { Intent, IntentDraft } from '../../runtime/core/intent.ts';
import { compileOptions, type OptionRules, quantity } from '../../runtime/core/options.ts';
import { type Consultation, capacityPlannerIntents, readConsultation } from './intents.ts';
import { type Alternative, type Plan, type Prices, planFor } from './plan.ts';

const priceRules: OptionRules<Prices> = {
  instance: quantity(70, 0, 1e6, 'USD a month'),
  reservedShare: quantity(0.6, 0, 1, 'shares of the price on demand'),
  investigation: quantity(50, 0, 1e6, 'USD'),
};

/** @throws InvalidOptionError */
export function capacityPlanner(given: Partial<Prices> = {}): Agent {
  const prices = compileOptions('capacity_planner', priceRules, given);
  return defineAgent({
    kind: 'capacity_planner',
    delivery: 'at_least_once',
    intents: capacityPlannerIntents,
    async receive(intent: Intent, ctx: AgentContext): Promise<void> {
      const consultation = readConsultation(intent);
      const plan = planFor(consultation.demand, prices);
      ctx.log.info({ intent: intent.intent_id, action: plan.chosen.action }, 'plan made');
      await ctx.tell('cost_monitor', proposal(intent, consultation, plan));
    },
  });
}

function proposal(intent: Intent, { service, demand }: Consultation, plan: Plan): IntentDraft {
  const { chosen } = plan;
  return {
    intent_type: 'scale',
    context: {
      type: 'proposal',
      service,
      proposal: {
        action: chosen.action,
        parameters: chosen.parameters,
        estimated_cost: chosen.estimatedCost,
        risk: chosen.risk,
      },
      alternatives_considered: plan.alternatives.map(alternative),
      decision_rationale: plan.rationale,
      confidence_score: demand.confidence,
      within_budget: chosen.withinBudget,
    },
    constraints: intent.constraints,
    success_criteria: { excess_load_carried_pct: Math.round(100 * chosen.carries), max_estimated_cost: demand.budget },
  };
}

const alternative = (other: Alternative): { action: string; estimated_cost: number; risk: string; score: number } => ({
  action: other.action,
  estimated_cost: other.estimatedCost,
  risk: other.risk,
  score: other.score,
});
