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
  /** Another one for each decision: `decisionId`. */
  readonly decision_id: string;
  /** Who acts. */
  readonly agent: string;
  /** Who sent the intent that it acts for. */
  readonly on_behalf_of: string;
  readonly intent_id: string;
  /** Of the act, and SHA-256 of its action. */
  readonly act_key: string;
  readonly action_hash: string;
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

/** What makes a decision another one: the act, the attempt at it, the stage, what was decided on, when. */
export function decisionId(
  act_key: string,
  attempt: number,
  { stage, input, decision, at }: Pick<LoggedDecision, 'stage' | 'input' | 'decision' | 'at'>,
): string {
  return hashOf([act_key, attempt, stage, input, decision.bundle, at]).slice(0, 32);
}

/** Decisions in the mesh's own log. */
export function decisionLog(records: Records): DecisionLog {
  return {
    async append({ decision_id, agent, on_behalf_of, intent_id, act_key, action_hash, stage, input, decision, at }) {
      const event = {
        decision_id,
        timestamp: toIso(at),
        path,
        input,
        result: decision,
        bundles: { parley: { revision: decision.bundle } },
        labels: { app: 'parley', agent, stage },
        requested_by: agent,
        on_behalf_of,
        intent_id,
        act_key,
        action_hash,
      };
      const payload = Buffer.from(JSON.stringify(event));
      await records.append({ key: agentKeyOf(parseAgentId(agent)), messageId: decision_id, payload });
    },
  };
}
