/** Why the gateway refuses a request before the mesh sees it. */
import { ParleyError } from '../core/errors.ts';

/** More intents come from outside than the ingress bucket lets in. Not stored. */
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

/** Clients outside speak as `client/<name>`, never as an agent. */
export class ForeignSenderError extends ParleyError {
  constructor(from: string) {
    super('PARLEY_FOREIGN_SENDER', `"${from}" is an agent's id: from outside "from_agent" must be "client/<name>"`);
  }
}

export class IdempotencyConflictError extends ParleyError {
  constructor(key: string) {
    super(
      'PARLEY_IDEMPOTENCY_CONFLICT',
      `idempotency key "${key}" was used for another intent in the last 24 hours: use a new key for a new intent`,
    );
  }
}

export class RequestError extends ParleyError {
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}
