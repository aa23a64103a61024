/** Why there is no policy, or no answer that can be used. */
import { ParleyError } from '../core/errors.ts';

/** A bundle that is not what its manifest says is not used: nobody could say what it allows. */
export class PolicyBundleError extends ParleyError {
  /** The folder, or "memory". */
  readonly where: string;

  /** @param remedy what to do, as an imperative */
  constructor(where: string, why: string, remedy: string, cause?: unknown) {
    super('PARLEY_POLICY_BUNDLE', `the policy in "${where}" cannot be used: ${why}; ${remedy}`, { cause });
    this.where = where;
  }
}

/** A policy engine gave no decision: what it meant nobody knows, so the act is denied. */
export class PolicyAnswerError extends ParleyError {
  constructor(why: string) {
    super('PARLEY_POLICY_ANSWER', `the policy gave no decision: ${why}; denied, correct its "decide"`);
  }
}

/** An approver gave no answer: only `approved: true` with a name is an approval. */
export class ApprovalAnswerError extends ParleyError {
  constructor(why: string) {
    super('PARLEY_APPROVAL_ANSWER', `the approver's answer is no approval: ${why}; denied, correct its "ask"`);
  }
}
