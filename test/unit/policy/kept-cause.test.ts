/** A kept cause whose record cannot be read is not taken for one that was never kept. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { findCause, keepCause } from '../../../runtime/policy/act-causes.ts';
import type { ActStore } from '../../../runtime/policy/act-store.ts';

const intent = (intent_id: string): Intent => ({
  intent_id,
  from_agent: 'client/a',
  to_agent: 'planner',
  intent_type: 'go',
  context: {},
  constraints: { budget: 5 },
  success_criteria: {},
  timestamp: '2026-01-01T00:00:00.000Z',
  parent_intent_id: null,
});

const holding = (value: string): ActStore => ({
  read: async () => ({ value, revision: 1 }),
  writeIf: async () => false,
});

describe.each(['{"v":99}', 'null', 'no JSON', '[]', '{"v":1}', '{"v":1,"agent":"planner","intent_id":5}'])(
  'a kept cause that is %s',
  (text) => {
    const refusal = { code: 'PARLEY_UNREADABLE_RECORD', retryable: false };

    it('A kept cause is not unknown when it is named', async () => {
      const cause = { intent_id: 'i', root_intent_id: 'i', constraints: { budget: 5 } };
      await expect(findCause(holding(text), 'planner', intent('j'), cause)).rejects.toMatchObject(refusal);
    });

    it('A kept cause is not another intent when it is kept again', async () => {
      await expect(keepCause(holding(text), 'planner', intent('i'))).rejects.toMatchObject(refusal);
    });
  },
);
