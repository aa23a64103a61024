/** Errors of requests that the gateway refuses before the mesh sees them. */
import { ParleyError } from '../core/errors.ts';

/** The client sends faster than its ingress bucket allows. The intent was not stored. */
export class IngressLimitedError extends ParleyError {
  readonly retryAfterMs: number;

  constructor(client: string, retryAfterMs: number) {
    super(
      'PARLEY_INGRESS_LIMITED',
      `"${client}" sends faster than the ingress lets in; try again in ${retryAfterMs} ms`,
      { retryable: true },
    );
    this.retryAfterMs = retryAfterMs;
  }
}

export class UnauthorizedError extends ParleyError {
  constructor() {
    super('PARLEY_UNAUTHORIZED', 'this address needs the header "authorization: Bearer <token>"');
  }
}

export class IdempotencyConflictError extends ParleyError {
  constructor(key: string) {
    super(
      'PARLEY_IDEMPOTENCY_CONFLICT',
      `idempotency key "${key}" was used for another intent: use a new key for a new intent`,
    );
  }
}

/** Another request with the same key is in progress. */
export class IdempotencyInProgressError extends ParleyError {
  readonly retryAfterMs: number;

  constructor(key: string, retryAfterMs: number) {
    super(
      'PARLEY_IDEMPOTENCY_IN_PROGRESS',
      `a request with idempotency key "${key}" is under way: try again in ${retryAfterMs} ms for its ticket`,
      { retryable: true },
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** The first request of this key ended without an answer from the store, too long ago to be repeated safely. */
export class IdempotencyUnknownError extends ParleyError {
  readonly intentId: string;

  constructor(key: string, intentId: string) {
    super(
      'PARLEY_IDEMPOTENCY_UNKNOWN',
      `the first request with idempotency key "${key}" ended without an answer: intent "${intentId}" may have been stored\n` +
        'sending it again could make it two: the store does not remember its id any more\n' +
        'look for that intent; if it is not there, send it with a new key',
    );
    this.intentId = intentId;
  }
}

export class RequestError extends ParleyError {
  readonly status: number;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}
