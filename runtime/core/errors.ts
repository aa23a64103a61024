/** The base of every error Parley raises: a stable code, and whether the same call may succeed later. */

export interface ErrorDetails {
  /** May the same call succeed later without a change? */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * One class per situation extends this. `code` is stable across releases and listed in README; `message` names what
 * happened, why, and what to do.
 */
export abstract class ParleyError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  protected constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = details.retryable ?? false;
  }
}

/** The text of anything that was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An option given at construction breaks its rule. */
export class InvalidOptionError extends ParleyError {
  readonly option: string;

  constructor(option: string, rule: string, value: unknown) {
    super('PARLEY_INVALID_OPTION', `option "${option}" must be ${rule}, but is ${show(value)}`);
    this.option = option;
  }
}

/** An id, name or key has characters or a length that subjects and streams cannot carry. */
export class InvalidIdError extends ParleyError {
  readonly what: string;
  readonly rule: string;

  constructor(what: string, rule: string, value: unknown) {
    super('PARLEY_INVALID_ID', `${what} ${show(value)} is not valid: it must be ${rule}`);
    this.what = what;
    this.rule = rule;
  }
}

/** A value as it appears in an error message: quoted, and cut at 80 characters. */
export function show(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
