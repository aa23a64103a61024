/** Records every policy decision in the shape of OPA's decision log (openpolicyagent.org, "Decision Logs"). */
import type { Decision } from '../core/acting.ts';
import { hashOf } from '../core/canonical-json.ts';
import { toIso } from '../core/clock.ts';
import { parseAgentId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { agentKeyOf } from '../core/subjects.ts';

/** Whether policy decided before the act, or after its approval. */
export type DecisionStage = 'proposed' | 'approved';

export interface LoggedDecision {
  /** Unique for each decision; see `decisionId`. */
  readonly decision_id: string;
  /** The agent that acts. */
  readonly agent: string;
  /** The sender of the intent that the agent acts for. */
  readonly on_behalf_of: string;
  readonly intent_id: string;
  /** The key of the act, beside the SHA-256 of its action. */
  readonly act_key: string;
  readonly action_hash: string;
  readonly stage: DecisionStage;
  readonly input: JsonObject;
  readonly decision: Decision;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface DecisionLog {
  /** Resolves when the decision is stored. */
  append(decided: LoggedDecision): Promise<void>;
}

/** The part of the transport's log that is needed here. */
interface Records {
  append(record: { readonly key: string; readonly messageId: string; readonly payload: Uint8Array }): Promise<number>;
}

const path = 'parley/policy/decision';

/** Derives the id of a decision from the act, the attempt, the stage, the input and the time. */
export function decisionId(
  act_key: string,
  attempt: number,
  { stage, input, decision, at }: Pick<LoggedDecision, 'stage' | 'input' | 'decision' | 'at'>,
): string {
  return hashOf([act_key, attempt, stage, input, decision.bundle, at]).slice(0, 32);
}

/** Writes decisions to the log of the mesh. */
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
