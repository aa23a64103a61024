/** Checks that an error is one of Parley's, with a code. */
import { ParleyError } from '../../runtime/core/errors.ts';
import { DoorFault } from './door.ts';

const codeRule = /^PARLEY_[A-Z0-9_]+$/;
/** What the gateway says of an error that nobody expected. */
const unexpected = 'PARLEY_INTERNAL';

/** Runs a function that may refuse its input. @throws DoorFault when it throws anything but an error of Parley */
export function refusesTyped(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    checkTyped(error);
  }
}

/** @throws DoorFault */
export function checkTyped(error: unknown): void {
  if (error instanceof ParleyError && codeRule.test(error.code) && error.code !== unexpected) return;
  throw new DoorFault(`threw what is no error of Parley: ${stackOf(error)}`);
}

/** @param document `{"error": {...}}` as clients get it. @throws DoorFault */
export function checkErrorDocument(document: unknown): void {
  const { error } = (document ?? {}) as { error?: { code?: unknown; message?: unknown; retryable?: unknown } };
  const { code, message, retryable } = error ?? {};
  const isTyped = typeof code === 'string' && codeRule.test(code) && code !== unexpected;
  if (isTyped && typeof message === 'string' && message !== '' && typeof retryable === 'boolean') return;
  throw new DoorFault(`the answer has no typed error: ${JSON.stringify(document).slice(0, 600)}`);
}

/** Nothing that a stranger writes may reach what all objects inherit. @throws DoorFault */
export function checkPrototypes(): void {
  if ('polluted' in {}) throw new DoorFault('the prototype of all objects was changed');
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
