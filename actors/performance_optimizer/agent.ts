/** Finds the bottleneck behind a spike, and consults the capacity planner about what to do. */
import type { AgentContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import type { Intent, IntentDraft } from '../../runtime/core/intent.ts';
import { type Finding, findBottleneck } from './bottleneck.ts';
import { type Investigation, performanceOptimizerIntents, readInvestigation } from './intents.ts';

export function performanceOptimizer(): Agent {
  return defineAgent({
    kind: 'performance_optimizer',
    delivery: 'at_least_once',
    intents: performanceOptimizerIntents,
    async receive(intent: Intent, ctx: AgentContext): Promise<void> {
      const investigation = readInvestigation(intent);
      const finding = findBottleneck(investigation.observation);
      ctx.log.info({ intent: intent.intent_id, bottleneck: finding.bottleneck }, 'bottleneck found');
      await ctx.tell('capacity_planner', consultation(intent, investigation, finding));
    },
  });
}

function consultation(intent: Intent, investigation: Investigation, finding: Finding): IntentDraft {
  const { service, resources, increasePct, observation } = investigation;
  return {
    intent_type: 'optimize',
    context: {
      service,
      affected_resources: resources,
      cost_increase_pct: increasePct,
      bottleneck: finding.bottleneck,
      confidence: finding.confidence,
      evidence: finding.evidence,
      options: finding.remedies,
      load: { value: observation.value, expected: observation.expected },
    },
    // what bounded the investigation bounds its remedy
    constraints: intent.constraints,
    success_criteria: { load_carried: true, within_budget: true },
  };
}
