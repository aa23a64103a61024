/** The base of every error Parley raises: a stable code, and whether the same call may succeed later. */

export interface ErrorDetails {
  /** May the same call succeed later without a change? The class's word: where the cause has one of its own, that holds. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * One class per situation extends this. `code` is stable across releases and listed in `runtime/ERRORS.md`; `message` names what
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

/** Causes of causes: more than any wrapper makes, and an end for a chain that is a circle. */
const deepestCause = 16;

/**
 * Reads whether trying again may help: the word of the error itself, or else of the nearest of its causes that has one.
 * @param thrown anything: an error of any class may carry `retryable`
 * @returns `undefined` when none of them says
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

/** @param otherwise what holds for an error that says nothing, and none of whose causes does */
export const isRetryable = (thrown: unknown, otherwise = false): boolean => retryableOf(thrown) ?? otherwise;

/** What throws when it is read says nothing. */
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

/** The text of anything that was thrown, also of what has none. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something without a text was thrown';
  }
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
    text = textOf(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** What JSON would write as something else (`NaN` as `null`, a map as `{}`) is named. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : null;
  if (prototype !== null && prototype !== Object.prototype && !Array.isArray(value)) {
    return Object.prototype.toString.call(value).replace('[object Object]', 'an object of a class of its own');
  }
  return JSON.stringify(value) ?? String(value);
}
