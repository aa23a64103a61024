/** Errors for intents refused before they reach a mailbox. Resending the same intent fixes none of them. */
import { type ErrorDetails, ParleyError, show } from './errors.ts';

/** Base of every refusal of the document itself. `path` locates the fault: `context.service`; empty for the whole document. */
export abstract class IntentRefusedError extends ParleyError {
  readonly path: string;

  protected constructor(code: string, path: string, message: string, details?: ErrorDetails) {
    super(code, message, details);
    this.path = path;
  }
}

export class MalformedJsonError extends IntentRefusedError {
  constructor(cause: unknown) {
    super('PARLEY_MALFORMED_JSON', '', `intent is not JSON in UTF-8: ${causeText(cause)}`, { cause });
  }
}

export class InvalidIntentError extends IntentRefusedError {
  /** @param message where there is more to say than rule and value */
  constructor(
    path: string,
    rule: string,
    value: unknown,
    message: string = `intent field "${path}" must be ${rule}, but is ${show(value)}`,
  ) {
    super('PARLEY_INVALID_INTENT', path, message);
  }
}

export class UnsafeKeyError extends IntentRefusedError {
  constructor(path: string) {
    super('PARLEY_UNSAFE_KEY', path, `intent key "${path}" could reach an object prototype and is refused: rename it`);
  }
}

export class IntentTooDeepError extends IntentRefusedError {
  constructor(path: string, limit: number) {
    super('PARLEY_INTENT_TOO_DEEP', path, `intent is nested deeper than ${limit} levels at "${path}": flatten it`);
  }
}

export class IntentTooLargeError extends IntentRefusedError {
  readonly bytes: number;

  constructor(bytes: number, limit: number) {
    super(
      'PARLEY_INTENT_TOO_LARGE',
      '',
      `intent has ${bytes} bytes, the limit is ${limit}: store the data elsewhere and send a reference to it`,
    );
    this.bytes = bytes;
  }
}

export class TooManyHopsError extends IntentRefusedError {
  constructor(hops: number, limit: number) {
    super(
      'PARLEY_TOO_MANY_HOPS',
      'hops',
      `intent is ${hops} hops from its root, the limit is ${limit}: agents pass it in a circle`,
    );
  }
}

export class DeadlinePassedError extends IntentRefusedError {
  constructor(deadline: string) {
    super('PARLEY_DEADLINE_PASSED', 'deadline', `intent's deadline "${deadline}" has passed`);
  }
}

export class MissingReceiverError extends IntentRefusedError {
  constructor() {
    super(
      'PARLEY_MISSING_RECEIVER',
      'to_agent',
      'intent names no receiver: set "to_agent" to "kind" or "kind/key" (a broadcast is not sent to a mailbox)',
    );
  }
}

/** The agents of a keyed kind are addressed with a key. */
export class MissingKeyError extends IntentRefusedError {
  constructor(kind: string) {
    super('PARLEY_MISSING_KEY', 'to_agent', `the agents of kind "${kind}" have keys: write to "${kind}/<key>"`);
  }
}

export class SenderMismatchError extends IntentRefusedError {
  constructor(subjectSays: string, bodySays: string) {
    super(
      'PARLEY_SENDER_MISMATCH',
      'from_agent',
      `intent's "from_agent" is "${bodySays}", but it was published as "${subjectSays}": a sender speaks only in its own name`,
    );
  }
}

export class ReceiverMismatchError extends IntentRefusedError {
  constructor(subjectSays: string, bodySays: string) {
    super(
      'PARLEY_RECEIVER_MISMATCH',
      'to_agent',
      `intent's "to_agent" is "${bodySays}", but it was published to "${subjectSays}"`,
    );
  }
}

/**
 * The control lane is reserved and accepts no intent yet: it overtakes an agent's intents and bypasses its intake token bucket.
 */
export class ControlLaneError extends IntentRefusedError {
  constructor(subject: string) {
    super(
      'PARLEY_CONTROL_LANE',
      '',
      `"${subject}" is a control lane, which takes no intents: publish to the lane that ends with ".i"`,
    );
  }
}

export class UnknownIntentTypeError extends IntentRefusedError {
  constructor(kind: string, type: string, accepted: readonly string[]) {
    super(
      'PARLEY_UNKNOWN_INTENT_TYPE',
      'intent_type',
      `agent kind "${kind}" does not accept intent type "${type}": it accepts ${accepted.join(', ') || 'none'}`,
    );
  }
}

export class SchemaViolationError extends IntentRefusedError {
  constructor(type: string, path: string, reason: string, cause?: unknown) {
    super('PARLEY_SCHEMA_VIOLATION', path, `intent of type "${type}" breaks its schema at "${path}": ${reason}`, {
      cause,
    });
  }
}

const causeText = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
