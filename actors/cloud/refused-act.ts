/** An act that was not even decided, because it could not be recorded or done. */
import { ParleyError } from '../../runtime/core/errors.ts';

export const isRefusedAct = (error: unknown): boolean =>
  error instanceof ParleyError && error.code === 'PARLEY_ACT_REFUSED';
