/** Errors of a missing policy, or of an answer that cannot be used. */
import { ParleyError } from '../core/errors.ts';

/** The bundle does not match its manifest, so it is not used: what it allows is unknown. */
export class PolicyBundleError extends ParleyError {
  /** The folder of the bundle, or "memory". */
  readonly where: string;

  /** @param remedy what to do, as an imperative */
  constructor(where: string, why: string, remedy: string, cause?: unknown) {
    super('PARLEY_POLICY_BUNDLE', `the policy in "${where}" cannot be used: ${why}; ${remedy}`, { cause });
    this.where = where;
  }
}

/** The answer of a policy engine is not a decision, so the act is denied. */
export class PolicyAnswerError extends ParleyError {
  constructor(why: string) {
    super('PARLEY_POLICY_ANSWER', `the policy gave no decision: ${why}; denied, correct its "decide"`);
  }
}

/** An evaluation took more steps, memory or time than it may, so the act is denied. */
export class PolicyLimitError extends ParleyError {
  /** @param limit `50000000 steps`, `64 MiB` */
  constructor(limit: string, cause?: unknown) {
    super('PARLEY_POLICY_LIMIT', `the evaluation was broken off at its limit of ${limit}; make its rules cheaper`, {
      cause,
    });
  }
}

/** The answer of an approver is not an approval: only `approved: true` together with a name is one. */
export class ApprovalAnswerError extends ParleyError {
  constructor(why: string) {
    super('PARLEY_APPROVAL_ANSWER', `the approver's answer is no approval: ${why}; denied, correct its "ask"`);
  }
}
