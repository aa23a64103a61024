/** The base of every error Parley raises: a stable code, and whether the same call may succeed later. */

export interface ErrorDetails {
  /** May the same call succeed later without a change? The default of the class; a cause with its own answer overrides it. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * One class per situation extends this. `code` is stable across releases and listed in `runtime/ERRORS.md`; `message` names
 * what
 * happened, why, and what to do.
 */
export abstract class ParleyError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  protected constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryableOf(details.cause) ?? details.retryable ?? false;
  }
}

/** Thrown by a handler when a retry of the same intent cannot help: it becomes a dead letter at once. */
export class NonRetryableError extends ParleyError {
  /** Whatever its cause says. */
  override readonly retryable: boolean = false;

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('PARLEY_NON_RETRYABLE', message, options);
  }
}

/** Causes of causes: more than any wrapper makes, and an end for a chain that is a circle. */
const deepestCause = 16;

/**
 * Reads whether a retry may help: from the error itself, or else from its nearest cause that has the field.
 * @param thrown anything: an error of any class may carry `retryable`
 * @returns `undefined` when neither the error nor a cause has the field
 */
export function retryableOf(thrown: unknown): boolean | undefined {
  let next = thrown;
  for (let depth = 0; depth < deepestCause && typeof next === 'object' && next !== null; depth++) {
    const { retryable, cause } = saidBy(next);
    if (typeof retryable === 'boolean') return retryable;
    next = cause;
  }
  return undefined;
}

/** @param otherwise the result for an error that has no `retryable` field in its chain of causes */
export const isRetryable = (thrown: unknown, otherwise = false): boolean => retryableOf(thrown) ?? otherwise;

/** Reads both fields; a getter that throws counts as an absent field. */
function saidBy(error: { readonly retryable?: unknown; readonly cause?: unknown }): {
  readonly retryable?: unknown;
  readonly cause?: unknown;
} {
  try {
    return { retryable: error.retryable, cause: error.cause };
  } catch {
    return {};
  }
}

/**
 * Returns a thrown value that can be examined: the value itself, or an error in its place when looking at it throws (a proxy with
 * hostile traps, a revoked one).
 */
export function legible(thrown: unknown): unknown {
  try {
    if (thrown instanceof ParleyError || Array.isArray(thrown)) return thrown;
    if (typeof thrown === 'object' && thrown !== null) Object.getOwnPropertyNames(thrown);
    return thrown;
  } catch (cause) {
    return new Error(`the thrown value cannot be examined: ${reasonOf(cause)}`);
  }
}

/** Returns the text of any thrown value, including one without a message. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something without a text was thrown';
  }
}

/** An option breaks its rule, or there is no option of that name. */
export class InvalidOptionError extends ParleyError {
  readonly option: string;

  /** @param message where there is more to say than rule and value */
  constructor(
    option: string,
    rule: string,
    value: unknown,
    message: string = `option "${option}" must be ${rule}, but is ${show(value)}`,
  ) {
    super('PARLEY_INVALID_OPTION', message);
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

/** Formats a value for an error message: quoted, cut at 80 characters. */
export function show(value: unknown): string {
  let text: string;
  try {
    text = textOf(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Names values that JSON would write as something else (`NaN` as `null`, a map as `{}`). */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : null;
  if (prototype !== null && prototype !== Object.prototype && !Array.isArray(value)) {
    return Object.prototype.toString.call(value).replace('[object Object]', 'an object of a class of its own');
  }
  return JSON.stringify(value) ?? String(value);
}
