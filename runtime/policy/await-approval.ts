/**
 * Second stage of an act: waits for a human's answer where policy requires one. Until the answer comes, the act has no trace, no
 * claim and no effect. All state that the answer needs is in the act and in its decision.
 */

import type { Answered } from './act-trace.ts';
import type { ApprovalRequest, Approver } from './approver.ts';
import type { Decided, DecideStage } from './decide-act.ts';
import type { Act } from './known-act.ts';
import { ApprovalAnswerError } from './policy-errors.ts';
import { readApproval } from './read-approval.ts';

type Asked = Extract<Decided, { kind: 'needs_approval' }>;

export class ApprovalStage {
  readonly #approver: Approver | undefined;
  readonly #deciding: Pick<DecideStage, 'decideAgain' | 'refuse'>;

  /** @param approver without one, every act that needs an approval is denied */
  constructor(approver: Approver | undefined, deciding: Pick<DecideStage, 'decideAgain' | 'refuse'>) {
    this.#approver = approver;
    this.#deciding = deciding;
  }

  /** Returns a decided act unchanged, or asks the approver. @throws ActNotRecordedError; errors of the approver */
  async answer(act: Act, decided: Decided): Promise<Answered> {
    if (decided.kind === 'answered') return decided.answered;
    const { decision, decisionId } = decided;
    if (this.#approver !== undefined) {
      return this.#answered(act, decided, await this.#approver.ask(requestOf(act, decided), act.signal));
    }
    const refusal = `${decision.reason}; and this node has no approver`;
    return { decision, decisionIds: [decisionId], refusal };
  }

  /** Permits the act only for an approval of exactly this act under the current bundle. */
  async #answered(act: Act, { decision, decisionId }: Asked, answer: unknown): Promise<Answered> {
    const approval = readApproval(answer);
    if (typeof approval === 'string') {
      return this.#deciding.refuse(act, decision, decisionId, new ApprovalAnswerError(approval));
    }
    if (!approval.approved) {
      const refusal = `not approved by ${approval.by}: ${approval.comment}`;
      return { decision, decisionIds: [decisionId], approval, refusal };
    }
    return this.#deciding.decideAgain(act, decision, decisionId, approval);
  }
}

function requestOf({ agent, cause, proposal }: Act, { decision }: Asked): ApprovalRequest {
  const { name, resource, arguments: args } = proposal.action;
  return Object.freeze({
    action_hash: proposal.hash,
    agent,
    on_behalf_of: cause.from_agent,
    intent_id: cause.intent_id,
    action: Object.freeze({ name, resource, arguments: args }),
    decision,
  });
}
