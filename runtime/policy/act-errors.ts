/** Acts that were not even decided. */
import { ParleyError } from '../core/errors.ts';

/** An act that cannot be recorded, or that nobody here can execute, is not done. */
export class ActRefusedError extends ParleyError {
  readonly action: string;

  constructor(action: string, why: string, cause?: unknown) {
    super('PARLEY_ACT_REFUSED', `the act "${action}" was refused: ${why}`, { cause });
    this.action = action;
  }
}
