import { expect, it } from 'vitest';
import { traceHead, traceRow } from '../../../runtime/cli/trace-text.ts';
import type { ReasoningTrace } from '../../../runtime/telemetry/reasoning-trace.ts';

const trace: ReasoningTrace = {
  trace_id: 't1',
  agent_id: 'resource/checkout',
  intent_id: 'i1',
  root_intent_id: 'i1',
  at: 0,
  context_retrieved: [],
  alternatives_considered: [],
  decision_rationale: 'busy',
  selected_action: { action: 'scale_up', resource: 'service/checkout' },
  confidence_score: 0.7,
  policy: { effect: 'allow', permitted: true },
  expected_outcome: {},
  actual_outcome: null,
  success: null,
  otel_trace_id: null,
};

const approval = (approved: boolean) => ({ approved, by: 'ann', comment: 'so' });

it.each<[string, Partial<ReasoningTrace>, string, string]>([
  ['allowed', {}, 'allow', 'not known yet'],
  ['allowed and judged', { success: true }, 'allow', 'succeeded'],
  ['allowed and judged otherwise', { success: false }, 'allow', 'failed'],
  ['denied', { policy: { effect: 'deny', permitted: false } }, 'deny', 'not done'],
  [
    'approved',
    { policy: { effect: 'require_approval', permitted: true, approval: approval(true) } },
    'approved by ann',
    'not known yet',
  ],
  [
    'refused',
    { policy: { effect: 'require_approval', permitted: false, approval: approval(false) } },
    'refused by ann',
    'not done',
  ],
  ['without an approver', { policy: { effect: 'require_approval', permitted: false } }, 'needs approval', 'not done'],
])('The list of traces shows an act that was %s', (_name, given, policy, outcome) => {
  const row = traceRow({ ...trace, ...given });
  const column = (name: string): string | undefined => row[traceHead.indexOf(name)];
  expect({ policy: column('policy'), outcome: column('outcome') }).toEqual({ policy, outcome });
});
