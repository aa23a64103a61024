/** Reads credentials or TLS files at every connect, so that the next one uses rotated secrets. */
import { readFileSync } from 'node:fs';
import { type Authenticator, credsAuthenticator, type TlsOptions } from 'nats';
import { reasonOf } from '../../core/errors.ts';
import { AccessRefusedError } from '../transport-errors.ts';
import type { ConnectionProblems } from './connection-problems.ts';
import type { TlsSettings } from './connection-settings.ts';

const encoder = new TextEncoder();

/**
 * Reads the file whenever the server asks for credentials. Must not throw, or the library closes for ever: an unreadable file
 * leaves the credentials unchanged.
 * @throws AccessRefusedError when it cannot be read the first time
 */
export function credentialsFile(path: string, where: string, problems: ConnectionProblems | undefined): Authenticator {
  let last: Authenticator;
  try {
    last = readCredentials(path);
  } catch (error) {
    throw new AccessRefusedError(where, `credentials file "${path}" cannot be used: ${reasonOf(error)}`, error);
  }
  return (nonce) => {
    try {
      last = readCredentials(path);
      problems?.clear('credentials');
    } catch (error) {
      problems?.report('credentials', `credentials file "${path}" cannot be used: ${reasonOf(error)}`);
    }
    return last(nonce);
  };
}

/** Files written on Windows end their lines in CRLF, which the library does not read. */
function readCredentials(path: string): Authenticator {
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const authenticator = credsAuthenticator(encoder.encode(text));
  authenticator('probe');
  return authenticator;
}

/** Returns options that the library reads at every connect; it counts an error as a failed try. */
export function tlsOptions(settings: TlsSettings, problems: ConnectionProblems | undefined): TlsOptions {
  const { ca, cert, key, caFile, certFile, keyFile } = settings;
  const options: TlsOptions = {};
  const add = (name: 'ca' | 'cert' | 'key', text: string | undefined, file: string | undefined): void => {
    if (text !== undefined) options[name] = text;
    if (file === undefined) return;
    Object.defineProperty(options, name, { enumerable: true, get: () => readTls(file, problems) });
  };
  add('ca', ca, caFile);
  add('cert', cert, certFile);
  add('key', key, keyFile);
  return options;
}

function readTls(path: string, problems: ConnectionProblems | undefined): string {
  try {
    const text = readFileSync(path, 'utf8');
    problems?.clear(`tls:${path}`);
    return text;
  } catch (error) {
    problems?.report(`tls:${path}`, `TLS file "${path}" cannot be read: ${reasonOf(error)}`);
    throw error;
  }
}
