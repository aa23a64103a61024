/** Keeps latency low: asks the planner for a forecast, then proposes the necessary size to the resource. */

import type { HandlingContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { needs } from '../../runtime/actor/needs.ts';
import { highest } from '../../runtime/core/extremes.ts';
import type { Json } from '../../runtime/core/json.ts';
import { tickMs } from '../cloud/catalogue.ts';
import type { Forecast, ScaleDecision } from '../cloud/decisions.ts';
import { DenialBackoff } from '../cloud/denial-backoff.ts';
import { affordable } from '../cloud/money.ts';
import { isRefusedAct } from '../cloud/refused-act.ts';
import { type ServiceView, Views } from '../cloud/view.ts';
import {
  type Investigation,
  type OptimizerIntents,
  optimizerRef,
  plannerRef,
  resourceRef,
} from '../protocol/agents.ts';
import type { Constraints } from '../protocol/constraints.ts';
import type { MeshServices } from '../protocol/services.ts';
import { findBottleneck } from './bottleneck.ts';
import { decideSpeed, isOver, sizeFor } from './decide.ts';
import { diagnosisOf, speedProposal } from './proposals.ts';

export interface PerformanceOptimizerOptions {
  readonly idleMs: number;
  /** `false`: decides by its own readings alone. */
  readonly consultsPlanner: boolean;
}

/** The part of the context that its handlers need. */
type Context = Pick<HandlingContext<Watch, Json, MeshServices>, 'act' | 'ask' | 'tell' | 'log' | 'state' | 'services'>;

/** Its views of the services. */
class Watch {
  readonly views: Views = new Views();
  readonly patience: DenialBackoff = new DenialBackoff();
}

export function performanceOptimizer({
  idleMs,
  consultsPlanner,
}: PerformanceOptimizerOptions): Agent<OptimizerIntents, MeshServices> {
  const ask = async (ctx: Context, service: string): Promise<Forecast | undefined> =>
    consultsPlanner ? ctx.ask(plannerRef, { intent_type: 'forecast', context: { service } }) : undefined;
  const propose = async (ctx: Context, view: ServiceView, cause?: string): Promise<void> => {
    if (decideSpeed(view) === undefined && cause === undefined) return;
    if (!ctx.state.patience.allows(view.spec.service, 'scale_up', view.now.tick)) return;
    const forecast = await ask(ctx, view.spec.service);
    const bounds = ctx.services.constraints(view.spec.service);
    const decision = withinBudget(view, decideSpeed(view, forecast), bounds);
    if (decision === undefined) return;
    await ctx.tell(resourceRef.at(view.spec.service), {
      intent_type: 'propose',
      context: speedProposal(view, decision, forecast, cause),
      constraints: bounds,
    });
  };
  return defineAgent({
    kind: optimizerRef.kind,
    delivery: 'at_least_once',
    intents: optimizerRef.intents,
    services: needs<MeshServices>(),
    state: () => new Watch(),
    mailbox: { idleMs },
    receive: {
      async observe({ context }, ctx) {
        for (const reading of context.readings) await propose(ctx, ctx.state.views.add(reading));
      },
      async investigate({ context, constraints: bounds }, ctx) {
        const view = ctx.state.views.of(context.service);
        if (!(await diagnosed(ctx, context, bounds))) return;
        const finding = findBottleneck(observed(view, context));
        ctx.log.info({ service: context.service, bottleneck: finding.bottleneck }, 'bottleneck found');
        await propose(ctx, view, `${finding.bottleneck}: ${finding.evidence.join('; ')}`);
      },
      async position({ context }, ctx) {
        const view = ctx.state.views.of(context.service);
        const forecast = await ask(ctx, context.service);
        if (forecast === undefined) {
          return ctx.reply({ instances: 0, valid_ms: 0, released: false, why: 'it cannot see what comes' });
        }
        const instances = sizeFor(view, forecast);
        const why = `a peak of ${Math.round(forecast.peak)} requests a second is expected`;
        const valid_ms = forecast.horizonTicks * tickMs;
        return ctx.reply({ instances, valid_ms, released: isOver(view, forecast), why });
      },
      verdict({ context }, ctx) {
        const { service, action, verdict } = context;
        if (verdict === 'denied') ctx.state.patience.denied(service, action, ctx.state.views.of(service).now.tick);
        ctx.log.debug({ ...context }, 'a proposal of the performance optimizer was answered');
      },
    },
  });
}

/** Reduces a proposal to the remaining budget: an affordable size is better than a refusal. */
function withinBudget(
  { spec, now }: ServiceView,
  decision: ScaleDecision | undefined,
  { budget_remaining }: Constraints,
): ScaleDecision | undefined {
  if (decision === undefined) return undefined;
  const instances = Math.min(decision.instances, now.instances + affordable(spec, budget_remaining));
  return instances > now.instances ? { ...decision, instances } : undefined;
}

/** Runs a diagnosis: it costs money, so it is an act like every other. @returns whether it was done */
async function diagnosed(ctx: Context, context: Investigation, bounds: Constraints): Promise<boolean> {
  try {
    return (await ctx.act(...diagnosisOf(context, bounds))).status === 'done';
  } catch (error) {
    if (isRefusedAct(error)) return false;
    throw error;
  }
}

function observed(
  { readings, now, spec }: ServiceView,
  investigation: Investigation,
): Parameters<typeof findBottleneck>[0] {
  const before = readings.slice(0, -1).map(({ load }) => load);
  const expected = investigation.expected_load;
  const recent = before.slice(-36);
  const usual = recent.reduce((sum, load) => sum + load, 0) / Math.max(1, recent.length);
  const noise = Math.sqrt(recent.reduce((sum, load) => sum + (load - usual) ** 2, 0) / Math.max(1, recent.length));
  return {
    value: now.load,
    expected,
    noise,
    trendPct: investigation.trend_pct,
    highestBefore: before.length === 0 ? undefined : highest(before),
    capacity: now.ready * spec.capacity,
  };
}
