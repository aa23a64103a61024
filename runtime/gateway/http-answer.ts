/** Maps errors to HTTP (RFC 9110): a status, with a document that has the same code in every protocol. */
import { ParleyError } from '../core/errors.ts';
import { IntentRefusedError } from '../core/intent-errors.ts';
import { errorDocument } from './error-document.ts';
import { RequestError } from './gateway-errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Other codes: 400 for a refused intent, 503 for a retryable error, 500 for the rest. */
const statuses: Readonly<Record<string, number>> = {
  PARLEY_UNAUTHORIZED: 401,
  PARLEY_FOREIGN_SENDER: 403,
  PARLEY_UNKNOWN_AGENT: 404,
  PARLEY_IDEMPOTENCY_CONFLICT: 409,
  PARLEY_IDEMPOTENCY_IN_PROGRESS: 409,
  PARLEY_IDEMPOTENCY_UNKNOWN: 409,
  PARLEY_INTENT_TOO_LARGE: 413,
  PARLEY_UNKNOWN_INTENT_TYPE: 422,
  PARLEY_SCHEMA_VIOLATION: 422,
  PARLEY_INGRESS_LIMITED: 429,
  PARLEY_EGRESS_LIMITED: 429,
  PARLEY_MAILBOX_FULL: 429,
  PARLEY_SEND_OUTCOME_UNKNOWN: 504,
  PARLEY_INVALID_ID: 400,
  PARLEY_INVALID_SUBJECT: 400,
  PARLEY_INVALID_TICKET: 400,
  PARLEY_INVALID_OPTION: 400,
};

export function json(status: number, document: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${JSON.stringify(document)}\n` };
}

export const noContent = (headers: Readonly<Record<string, string>>): HttpAnswer => ({
  status: 204,
  headers,
  body: '',
});

export function errorAnswer(error: unknown): HttpAnswer {
  const document = errorDocument(error);
  const status = error instanceof ParleyError ? statusOf(error) : 500;
  const headers: Record<string, string> = error instanceof RequestError ? { ...error.headers } : {};
  const { retry_after_ms: retryMs } = document;
  if (retryMs !== undefined) headers['retry-after'] = String(Math.ceil(retryMs / 1000));
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return json(status, { error: document }, headers);
}

function statusOf(error: ParleyError): number {
  if (error instanceof RequestError) return error.status;
  const listed = statuses[error.code];
  if (listed !== undefined) return listed;
  if (error instanceof IntentRefusedError) return 400;
  return error.retryable ? 503 : 500;
}
