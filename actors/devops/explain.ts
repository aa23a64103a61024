/** Explains one decision of the mesh from its reasoning trace. */
import { toIso } from '../../runtime/core/clock.ts';
import { isObject, type Json } from '../../runtime/core/json.ts';
import type { ReasoningTrace } from '../../runtime/telemetry/reasoning-trace.ts';

/** Selects the most instructive trace: knowledge or episodes read, several alternatives, a known outcome. */
export function mostTelling(traces: readonly ReasoningTrace[]): ReasoningTrace | undefined {
  const worth = (trace: ReasoningTrace): number => {
    const sources = new Set(trace.context_retrieved.map(({ source }) => source)).size;
    const outcome = trace.actual_outcome === null ? 0 : 4;
    return outcome + 2 * sources + Math.min(3, trace.alternatives_considered.length);
  };
  return traces.reduce<ReasoningTrace | undefined>(
    (best, trace) => (best === undefined || worth(trace) > worth(best) ? trace : best),
    undefined,
  );
}

export function explain(trace: ReasoningTrace): readonly string[] {
  const { policy, actual_outcome: actual } = trace;
  const { action, resource, ...args } = trace.selected_action;
  return [
    `${trace.agent_id} at ${toIso(trace.at).slice(0, 16).replace('T', ' ')} UTC: ${String(action)} on ${String(resource)} (${inline(args)})`,
    'what was read:',
    ...trace.context_retrieved.map(({ source, text, score }) => {
      return `  ${source}${score === undefined ? '' : ` (${score})`}: ${text}`;
    }),
    'what was weighed:',
    ...trace.alternatives_considered.map((alternative) => `  ${inline(alternative)}`),
    `policy: ${String(policy.effect)}, ${String(policy.reason)}`,
    ...contributions(policy.contributions).map((line) => `  ${line}`),
    `why: ${trace.decision_rationale}`,
    `confidence: ${trace.confidence_score}`,
    `expected: ${inline(trace.expected_outcome)}`,
    `came of it: ${actual === null ? 'not known yet' : `${inline(actual)} (${trace.success === true ? 'as expected' : 'other than expected'})`}`,
    `(parley traces show ${trace.trace_id})`,
  ];
}

function contributions(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map(({ id, tier, effect, reason }) => `${id} (tier ${tier}): ${effect}, ${reason}`);
}

/** The fields that are shares of 1: shown as per cent, as policy and observations do. */
const shares: ReadonlySet<string> = new Set(['utilization', 'source_concentration']);

function textOf(name: string, part: Json): string {
  if (shares.has(name) && typeof part === 'number') return `${Math.round(part * 100)} %`;
  if (Array.isArray(part)) return part.join(' and ');
  return typeof part === 'string' ? part : JSON.stringify(part);
}

/** Formats an object as `action: scale_up, instances: 6`. */
function inline(value: Json): string {
  if (!isObject(value)) return JSON.stringify(value);
  return Object.entries(value)
    .filter(([, part]) => !isObject(part))
    .map(([name, part]) => `${name}: ${textOf(name, part)}`)
    .join(', ');
}
