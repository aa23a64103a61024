/** Escalations: durable calls for a human. */
import type { JsonObject } from './json.ts';
import { isRecord, isText, orNull, type RecordShape } from './stored-record.ts';

/**
 * - `reasoning_limit`: a reasoning loop used up its iterations or its time.
 * - `restart_limit`: an agent failed too often; its mailbox is paused until an operator resumes it.
 * - `act_diverged`: on a retry, a handler proposed another act in place of one already begun; the runtime refused it.
 * - `agent`: the agent raised it.
 * - `lane_paused`: an agent failed too often because of one sender; that lane is paused.
 * - `repeated`: an agent, or all agents of a kind, raised more escalations than are stored one by one; `detail.repeats` counts
 * them.
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
  /** Text for people. */
  readonly message: string;
  readonly detail: JsonObject;
  /** The intent that the agent was handling. */
  readonly intent_id: string | null;
  readonly root_intent_id: string | null;
  /** ISO 8601. */
  readonly raised_at: string;
}

/** The part of an escalation that the raiser supplies. */
export type EscalationCall = Pick<Escalation, 'agent' | 'reason' | 'message' | 'detail'>;

export const escalationShape: RecordShape<Escalation> = {
  what: 'call for a human',
  fields: {
    escalation_id: isText,
    agent: isText,
    // a later release may have other reasons
    reason: isText,
    message: isText,
    detail: isRecord,
    intent_id: orNull(isText),
    root_intent_id: orNull(isText),
    raised_at: isText,
  },
};
