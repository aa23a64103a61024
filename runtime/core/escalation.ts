/** Calls for a human: durable records, never silence. */
import type { JsonObject } from './json.ts';
import { isRecord, isText, orNull, type RecordShape } from './stored-record.ts';

/**
 * - `reasoning_limit`: a reasoning loop used up its iterations or its time.
 * - `restart_limit`: an agent failed too often; its mailbox is paused until somebody resumes it.
 * - `act_diverged`: a repeated intent wanted to do something else in the place of an act that was begun; it was not done.
 * - `agent`: the agent asked for it.
 * - `lane_paused`: an agent failed too often because of one sender; that lane is paused.
 * - `repeated`: there were more calls of an agent, or of all agents of a kind, than are stored one by one; `detail.repeats` of them.
 */
export type EscalationReason =
  | 'reasoning_limit'
  | 'restart_limit'
  | 'act_diverged'
  | 'agent'
  | 'lane_paused'
  | 'repeated';

export interface Escalation {
  readonly v: 1;
  readonly escalation_id: string;
  readonly agent: string;
  readonly reason: EscalationReason;
  /** For people. */
  readonly message: string;
  readonly detail: JsonObject;
  /** What the agent was handling. */
  readonly intent_id: string | null;
  readonly root_intent_id: string | null;
  /** ISO 8601. */
  readonly raised_at: string;
}

/** What its raiser says of it. */
export type EscalationCall = Pick<Escalation, 'agent' | 'reason' | 'message' | 'detail'>;

export const escalationShape: RecordShape<Escalation> = {
  what: 'call for a human',
  fields: {
    escalation_id: isText,
    agent: isText,
    // another release may know other reasons
    reason: isText,
    message: isText,
    detail: isRecord,
    intent_id: orNull(isText),
    root_intent_id: orNull(isText),
    raised_at: isText,
  },
};
