/** Why there is no policy. */
import { ParleyError } from '../core/errors.ts';

/** A bundle that is not what its manifest says is not used: nobody could say what it allows. */
export class PolicyBundleError extends ParleyError {
  constructor(where: string, why: string, cause?: unknown) {
    super(
      'PARLEY_POLICY_BUNDLE',
      `the policy in "${where}" cannot be used: ${why}; "npm run policies:build" makes it anew`,
      { cause },
    );
  }
}
