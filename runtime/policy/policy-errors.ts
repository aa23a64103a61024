/** Why there is no policy. */
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
