/** Why the context of a handling that is over does nothing any more. */
import { ParleyError } from '../core/errors.ts';

/** The intent is not in hand any more: what was done or said now would be done or said on its account. */
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
