/** An act that was not even decided, and will not be: nobody can do it, or nothing is recorded here. An outage is another matter. */
import { isRetryable, ParleyError } from '../../runtime/core/errors.ts';

const refusals: readonly string[] = ['PARLEY_NO_ACTUATOR', 'PARLEY_ACT_NOT_RECORDED'];

export const isRefusedAct = (error: unknown): boolean =>
  error instanceof ParleyError && refusals.includes(error.code) && !isRetryable(error);
