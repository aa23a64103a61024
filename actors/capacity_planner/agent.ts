/** Forecasts the needs of services for other agents; proposes contracts on its own initiative. */
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { needs } from '../../runtime/actor/needs.ts';
import { reservedShare } from '../cloud/catalogue.ts';
import type { ReserveDecision } from '../cloud/decisions.ts';
import { monthlyCost } from '../cloud/money.ts';
import { type ServiceView, Views, viewOf } from '../cloud/view.ts';
import { type PlannerIntents, plannerRef, resourceRef } from '../protocol/agents.ts';
import type { Proposal } from '../protocol/proposal.ts';
import type { MeshServices } from '../protocol/services.ts';
import { churnTicks, decideReservation } from './decide.ts';
import { forecastOf } from './forecast.ts';

export interface CapacityPlannerOptions {
  readonly idleMs: number;
}

export function capacityPlanner({ idleMs }: CapacityPlannerOptions): Agent<PlannerIntents, MeshServices> {
  return defineAgent({
    kind: plannerRef.kind,
    delivery: 'at_least_once',
    intents: plannerRef.intents,
    services: needs<MeshServices>(),
    state: () => new Views(),
    mailbox: { idleMs },
    receive: {
      async observe({ context }, ctx) {
        for (const reading of context.readings) {
          const view = ctx.state.add(reading);
          const decision = decideReservation(view, recentFlips(view));
          if (decision === undefined) continue;
          await ctx.tell(resourceRef.at(reading.service), {
            intent_type: 'propose',
            context: proposalOf(view, decision),
            constraints: ctx.services.constraints(reading.service),
          });
        }
      },
      async forecast({ context }, ctx) {
        await ctx.reply(forecastOf(ctx.state.of(context.service)));
      },
      verdict({ context }, ctx) {
        ctx.log.debug({ ...context }, 'a proposal of the capacity planner was answered');
      },
    },
  });
}

const recentFlips = ({ readings }: ServiceView): number => viewOf(readings.slice(-churnTicks)).flips;

function proposalOf({ spec, now }: ServiceView, { instances, flips, why }: ReserveDecision): Proposal {
  const more = instances - now.reserved;
  return {
    action: 'reserve_instances',
    service: spec.service,
    arguments: { service: spec.service, instances, term_months: 36 },
    direction: 'none',
    tier: 10,
    valid_ms: 0,
    estimated_cost: monthlyCost(spec, more) * reservedShare,
    estimated_minutes: 0,
    justification: { utilization: now.utilization, direction_changes: flips },
    reasons: {
      context_retrieved: [{ source: 'observation', id: `${spec.service}@${now.tick}`, text: why }],
      alternatives_considered: [
        { action: 'reserve_instances', instances },
        { action: 'stay_on_demand', risk: 'pays the full price' },
      ],
      decision_rationale: `${why}: a contract for ${instances} instances would end the churn of prices`,
      confidence_score: 0.4,
      expected_outcome: { reserved: instances },
    },
  };
}
