/** Converts a failure of the client library into an error that tells whether waiting helps. Pure. */
import { ErrorCode, NatsError } from 'nats';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import { AccessRefusedError, PermissionRefusedError, TransportUnavailableError } from '../transport-errors.ts';

/** Converts the error of a request without a usable answer; returns an error of Parley unchanged. @param what for people: `request to "x"` */
export function explainRequest(what: string, cause: unknown): ParleyError {
  if (cause instanceof ParleyError) return cause;
  return permissionRefusal(cause) ?? new TransportUnavailableError(what, cause);
}

/** Reads a refused operation; returns `undefined` for any other error. */
function permissionRefusal(cause: unknown): PermissionRefusedError | undefined {
  if (!(cause instanceof NatsError) || cause.code !== ErrorCode.PermissionsViolation) return undefined;
  const { operation, subject } = refusedSubject(cause);
  return new PermissionRefusedError(operation, subject, cause);
}

export interface RefusedSubject {
  readonly operation: 'publish' | 'subscribe';
  readonly subject: string;
}

/** The library reads the subject off most of the server's texts: not off `Publish with Reply of "…"`. */
function refusedSubject({ permissionContext, message }: NatsError): RefusedSubject {
  if (permissionContext === undefined) return { operation: 'publish', subject: /"([^"]+)"/.exec(message)?.[1] ?? '?' };
  const { operation, subject } = permissionContext;
  return { operation: operation === 'publish' ? 'publish' : 'subscribe', subject };
}

const lockedOut: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AccountExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);

export const isLockedOut = (code: unknown): boolean => typeof code === 'string' && lockedOut.has(code);

/** Explains the failure of the first connection. @param where without secrets */
export function explainConnect(
  where: string,
  cause: unknown,
  silentMs: number,
): TransportUnavailableError | AccessRefusedError {
  const code = cause instanceof NatsError ? cause.code : undefined;
  if (isLockedOut(code)) return new AccessRefusedError(where, reasonOf(cause).replaceAll("'", ''), cause);
  return new TransportUnavailableError(`connecting to ${where}`, connectReason(cause, code, silentMs));
}

const anotherService = 'is it the port of another service?';

/** Errors of certificates that are not trusted, expired, or of another host. */
const certificateCodes = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_)/;

function connectReason(cause: unknown, code: string | undefined, silentMs: number): Error {
  const because = (text: string): Error => new Error(text, { cause });
  if (code === ErrorCode.ConnectionRefused) {
    const { chainedError } = cause as NatsError;
    const closed = chainedError !== undefined && !('code' in chainedError);
    if (!closed) return because('connection refused: is nats-server running there?');
    return because(`it closes the connection without a greeting, nats-server greets first: ${anotherService}`);
  }
  if (code === ErrorCode.Timeout || code === ErrorCode.ConnectionTimeout) {
    return because(
      `no greeting within ${silentMs / 1000} s, nats-server greets first: ${anotherService} ` +
        'Or it expects TLS before the greeting ("handshake_first")',
    );
  }
  if (reasonOf(cause) === 'unexpected response from server') {
    return because(`what answers there is not nats-server: ${anotherService}`);
  }
  if (code === ErrorCode.ServerOptionNotAvailable) {
    return because('TLS was asked for, and the server offers none: remove "tls://" and NATS_CA, or enable TLS there');
  }
  const tlsCode = (cause as { code?: unknown } | undefined)?.code;
  if (tlsCode === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return because(
      `its TLS certificate is for another name (${reasonOf(cause)}): name the server as the certificate does`,
    );
  }
  if (typeof tlsCode === 'string' && certificateCodes.test(tlsCode)) {
    return because(`its TLS certificate is not accepted (${reasonOf(cause)}): name its authority in NATS_CA`);
  }
  return cause instanceof Error ? cause : because(reasonOf(cause));
}
