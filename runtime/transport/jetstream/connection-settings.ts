/** The settings of a connection to a server. They use no type of `nats`: they are public, and its types do not pass every compiler setting. */
import { checkOptions, checkText, namesOf } from '../../core/options.ts';
import { type ServiceUrl, ServiceUrlError, toServiceUrl, type UrlRules } from '../../core/service-url.ts';
import type { InboxSettings } from '../inbox-prefix.ts';

/** PEM texts, or their files, which are read again at every connect, so that they may be replaced. */
export interface TlsSettings {
  /** Certificate authorities for the server's certificate, in addition to those of the system. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface ConnectionSettings extends InboxSettings {
  /** `nats://host:port`, several separated by commas; it may contain user and password. As a `ServiceUrl` it prints neither. */
  readonly url: string | ServiceUrl;
  /** Shown by the server: `nats server list connections`. */
  readonly name: string;
  /** Path of a `.creds` file, read again at every connect. */
  readonly credentials?: string;
  readonly tls?: TlsSettings;
}

export const connectionNames: ReadonlySet<string> = namesOf<ConnectionSettings>({
  url: true,
  name: true,
  credentials: true,
  tls: true,
  inboxPrefix: true,
  replyPrefix: true,
});

const tlsNames = namesOf<TlsSettings>({
  ca: true,
  cert: true,
  key: true,
  caFile: true,
  certFile: true,
  keyFile: true,
});

/** Checks the settings that nothing reads before the connection is made. @throws InvalidOptionError */
export function checkConnection({ name, credentials, tls }: Partial<ConnectionSettings>): void {
  checkText('name', name);
  checkText('credentials', credentials);
  if (tls === undefined) return;
  checkOptions('tls', tls, tlsNames);
  for (const part of tlsNames) checkText(`tls.${part}`, tls[part as keyof TlsSettings]);
}

/** The servers of a URL, with the user and password, which the client library does not read from a URL. */
export interface Servers {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const rules: UrlRules = {
  schemes: ['nats', 'tls'],
  isServerList: true,
  refuse: (fault) => new ServiceUrlError('NATS_URL', fault, 'nats://user:password@127.0.0.1:4222'),
};

/** @throws ServiceUrlError that shows no part of user and password */
export const natsUrl = (url: string | ServiceUrl): ServiceUrl => toServiceUrl(url, rules);

/**
 * The user of the first server that names one is the user for all; a user without a password is a token (docs.nats.io, "URL").
 * @throws ServiceUrlError
 */
export function serversOf(url: string | ServiceUrl): Servers {
  const read = natsUrl(url);
  const { user, password } = read.reveal();
  const servers = [...read.servers];
  if (user === undefined) return { servers };
  return password === undefined ? { servers, token: user } : { servers, user, pass: password };
}

/** Returns the URL in printable form: without user, password and token. @throws ServiceUrlError */
export const withoutSecrets = (url: string | ServiceUrl): string => natsUrl(url).describe;
