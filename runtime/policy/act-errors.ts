/** Errors of acts that were not decided, or not executed. */
import { type ErrorDetails, ParleyError } from '../core/errors.ts';

/** This node has no actuator of that name. */
export class NoActuatorError extends ParleyError {
  readonly action: string;
  /** The names of the actuators of this node. */
  readonly known: readonly string[];

  constructor(action: string, known: readonly string[]) {
    super(
      'PARLEY_NO_ACTUATOR',
      `the act "${action}" was not done: this node has no actuator of that name, it has ${known.join(', ') || 'none'}; ` +
        'correct the name, or add it to "actions.actuators"',
    );
    this.action = action;
    this.known = Object.freeze([...known]);
  }
}

/** A record of the act could not be written, so the act was not done. Retryable, unless the cause says otherwise. */
export class ActNotRecordedError extends ParleyError {
  readonly action: string;

  constructor(action: string, why: string, details: ErrorDetails = {}) {
    super('PARLEY_ACT_NOT_RECORDED', `the act "${action}" was not done: ${why}`, { retryable: true, ...details });
    this.action = action;
  }
}

/** An earlier attempt at the same intent began another act in the place of this one. A human decides which of the two is right. */
export class ActDivergedError extends ParleyError {
  readonly key: string;
  /** SHA-256 of the action that the earlier attempt began. */
  readonly begun: string;

  constructor(action: string, resource: string, key: string, begun: string) {
    super(
      'PARLEY_ACT_DIVERGED',
      `the act "${action}" upon "${resource}" was not done: an earlier attempt at this intent began another one in its place\n` +
        'doing both could do the work twice, or undo it\n' +
        `a human was called ("parley escalations list"); the key of the act is ${key}`,
    );
    this.key = key;
    this.begun = begun;
  }
}

/** The act names an intent that its agent never had: it would be done, and recorded, on behalf of a foreign sender. */
export class ForeignCauseError extends ParleyError {
  readonly intentId: string;

  constructor(agent: string, intentId: string, why: string) {
    super(
      'PARLEY_FOREIGN_CAUSE',
      `agent "${agent}" cannot act for intent "${intentId}": ${why}; act for the intent in hand, ` +
        'or record it with "ctx.keepCause()" while it is in hand',
    );
    this.intentId = intentId;
  }
}
