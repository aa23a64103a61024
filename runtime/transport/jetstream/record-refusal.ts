/** Distinguishes a lasting refusal of a record from a passing one. */
import { ErrorCode, NatsError } from 'nats';
import { type RecordRefusal, RecordRefusedError } from '../transport-errors.ts';
import { type ApiError, ApiRefusal, errCode } from './api.ts';

const refusals: ReadonlyMap<number, RecordRefusal> = new Map([
  [errCode.messageTooLarge, 'too_large'],
  [errCode.headerTooLarge, 'too_large'],
  [errCode.accountResources, 'quota'],
  [errCode.memoryLimit, 'quota'],
  [errCode.insufficientStorage, 'quota'],
  [errCode.streamSealed, 'not_allowed'],
  [errCode.streamNotFound, 'no_stream'],
]);

/** Reads the server's answer to a publish; `undefined` when it may accept the same record later. */
export function refusalOf(subject: string, error: ApiError): RecordRefusedError | undefined {
  const cause = new ApiRefusal(subject, error);
  const known = refusals.get(error.err_code);
  if (known !== undefined) return new RecordRefusedError(subject, known, cause);
  if (error.code === 503) return undefined;
  // the code of every failure to store: a limit of the stream lasts, a full disk may be emptied
  if (error.err_code === errCode.storeFailed) {
    return error.description.includes('maximum') ? new RecordRefusedError(subject, 'quota', cause) : undefined;
  }
  return new RecordRefusedError(subject, 'invalid', cause);
}

/** Reads the client library's error in place of an answer. */
export function failureOf(subject: string, cause: unknown): RecordRefusedError | undefined {
  if (!(cause instanceof NatsError)) return undefined;
  if (cause.code === ErrorCode.MaxPayloadExceeded) return new RecordRefusedError(subject, 'too_large', cause);
  if (cause.code === ErrorCode.PermissionsViolation) return new RecordRefusedError(subject, 'not_allowed', cause);
  return undefined;
}
