/** Every decision of policy, in the shape of OPA's decision log (openpolicyagent.org, "Decision Logs"). */
import type { Decision } from '../core/acting.ts';
import { hashOf } from '../core/canonical-json.ts';
import { toIso } from '../core/clock.ts';
import { parseAgentId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { agentKeyOf } from '../core/subjects.ts';

/** Before an act, or when its approval has come. */
export type DecisionStage = 'proposed' | 'approved';

export interface LoggedDecision {
  readonly agent: string;
  readonly intent_id: string;
  readonly stage: DecisionStage;
  readonly input: JsonObject;
  readonly decision: Decision;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface DecisionLog {
  /** Resolves when it is kept. */
  append(decided: LoggedDecision): Promise<void>;
}

/** What is needed of the transport's log. */
interface Records {
  append(record: { readonly key: string; readonly messageId: string; readonly payload: Uint8Array }): Promise<number>;
}

const path = 'parley/policy/decision';

/** Decisions in the mesh's own log; the same decision of the same intent at the same time is kept once. */
export function decisionLog(records: Records): DecisionLog {
  return {
    async append({ agent, intent_id, stage, input, decision, at }) {
      const decision_id = hashOf([intent_id, stage, input, decision.bundle, at]).slice(0, 32);
      const event = {
        decision_id,
        timestamp: toIso(at),
        path,
        input,
        result: decision,
        bundles: { parley: { revision: decision.bundle } },
        labels: { app: 'parley', agent, stage },
        requested_by: agent,
        intent_id,
      };
      const payload = Buffer.from(JSON.stringify(event));
      await records.append({ key: agentKeyOf(parseAgentId(agent)), messageId: decision_id, payload });
    },
  };
}
