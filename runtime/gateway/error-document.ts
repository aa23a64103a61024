/** An error as external clients receive it, in every protocol. */
import { isRetryable, ParleyError, reasonOf } from '../core/errors.ts';
import { IntentRefusedError } from '../core/intent-errors.ts';

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** The location of the fault in the document. */
  readonly path?: string;
  /** The id of an intent that may have been stored: an intent resent under this id is stored once. */
  readonly intent_id?: string;
  readonly retry_after_ms?: number;
}

/** Suggested for a full mailbox, a full store or an unreachable server, whose recovery time is unknown. */
const laterMs = 1_000;

export function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof ParleyError)) {
    return { code: 'PARLEY_INTERNAL', message: reasonOf(error), retryable: isRetryable(error) };
  }
  const retry = retryAfter(error);
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error instanceof IntentRefusedError ? { path: error.path } : {}),
    ...('intentId' in error && typeof error.intentId === 'string' ? { intent_id: error.intentId } : {}),
    ...(retry === undefined ? {} : { retry_after_ms: retry }),
  };
}

function retryAfter(error: ParleyError): number | undefined {
  if ('retryAfterMs' in error && typeof error.retryAfterMs === 'number') return error.retryAfterMs;
  return error.retryable ? laterMs : undefined;
}
