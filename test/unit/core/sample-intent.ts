/** A complete, valid intent, to be changed in one place by each test. */
import type { Intent } from '../../../runtime/core/intent.ts';

export const sample: Intent = Object.freeze({
  intent_id: '0198a0e2-1111-7abc-8def-001122334455',
  from_agent: 'client/tests',
  to_agent: 'cost_monitor/eu-1',
  intent_type: 'investigate',
  context: { service: 'api', tags: ['a', 'b'], load: 0.7 },
  constraints: { max_usd: 5 },
  success_criteria: { p99_ms: 200 },
  timestamp: '2026-01-31T12:00:00.000Z',
  parent_intent_id: null,
});

export const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document), 'utf8');
