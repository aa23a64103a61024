/** Detects an act that was refused for good before any decision: it has no actuator, or no record. An outage does not count. */
import { isRetryable, ParleyError } from '../../runtime/core/errors.ts';

const refusals: readonly string[] = ['PARLEY_NO_ACTUATOR', 'PARLEY_ACT_NOT_RECORDED'];

export const isRefusedAct = (error: unknown): boolean =>
  error instanceof ParleyError && refusals.includes(error.code) && !isRetryable(error);
