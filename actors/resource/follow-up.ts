/** Follows an act up: records its episode with what is expected, and closes it when the outcome can be judged. */
import type { ServiceReading } from '../cloud/cloud.ts';
import type { Proposal } from '../protocol/proposal.ts';
import type { Pending } from './options.ts';
import { judge, judgedAfterTicks, type OpenOutcome } from './outcomes.ts';
import type { Context, ResourceState } from './state.ts';

/** Compares what is due with what was expected. */
export async function closeOutcomes(ctx: Context, reading: ServiceReading): Promise<void> {
  const { traces, events } = ctx.services;
  const due = ctx.state.outcomes.filter(({ dueTick }) => dueTick <= reading.tick);
  for (const open of due) {
    const { actual, success, text } = judge(open, reading, actsSince(ctx.state, open));
    await traces?.close(open.traceId, actual, success);
    if (open.episodeId !== undefined) await ctx.memory.episodic.close(open.episodeId, { outcome: text, success });
    events.closed?.(open.traceId, success);
  }
  ctx.state.outcomes = ctx.state.outcomes.filter((open) => !due.includes(open));
  ctx.state.acts = ctx.state.acts.filter(({ tick }) => tick > reading.tick - 2 * judgedAfterTicks);
}

/** Records the episode, with the expectation to check after it takes effect. */
export async function expectOutcome(
  ctx: Context,
  { by, proposal, cause }: Pending,
  traceId: string,
  before: ServiceReading,
): Promise<void> {
  const { run } = ctx.services;
  const { service, action, reasons, estimated_cost } = proposal;
  const { utilization, instances, sourceConcentration } = before;
  const episodeId = await ctx.memory.episodic.record({
    agent_id: by,
    intent_id: cause.intent_id,
    step: action,
    root_intent_id: cause.root_intent_id,
    at: before.at,
    action_taken: action,
    context: {
      service,
      run,
      anomaly_type: sourceConcentration > 0.3 ? 'cost_spike' : 'capacity',
      utilization: Math.round(100 * utilization) / 100,
      instances,
    },
    summary: `${action} of ${service}: ${reasons.decision_rationale}`,
    confidence: reasons.confidence_score,
    cost_usd: estimated_cost,
  });
  const dueTick = before.tick + judgedAfterTicks;
  ctx.state.outcomes.push({ traceId, episodeId, action, expected: reasons.expected_outcome, before, dueTick });
  ctx.state.acts.push({ traceId, tick: before.tick, text: textOf(proposal) });
}

const actsSince = ({ acts }: ResourceState, { traceId, before }: OpenOutcome): readonly string[] =>
  acts.filter((act) => act.traceId !== traceId && act.tick >= before.tick).map(({ text }) => text);

function textOf({ action, arguments: args }: Proposal): string {
  if (action === 'limit_rate') return `limit_rate ${args.on === true ? 'on' : 'off'}`;
  return `${action} to ${String(args.instances)} instances`;
}
