/** The error of a context whose handling has ended. */
import { ParleyError } from '../core/errors.ts';

/** The handling has ended: a later call would act or send on behalf of an intent that is no longer being handled. */
export class HandlingEndedError extends ParleyError {
  readonly intentId: string;

  constructor(agent: string, intentId: string) {
    super(
      'PARLEY_HANDLING_ENDED',
      `agent "${agent}" uses the context of intent "${intentId}", whose handling has ended: await what the handler begins, ` +
        'use a timer for what comes later, and the "ctx" of the intent in hand',
    );
    this.intentId = intentId;
  }
}
