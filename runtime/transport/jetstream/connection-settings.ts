/** How a server is reached. Without a type of `nats`: these are public, and its own do not pass every compiler setting. */

import type { InboxSettings } from '../inbox-prefix.ts';

/** PEM texts, or files of them: those are read again at every connect, so that they may be replaced. */
export interface TlsSettings {
  /** Who may have signed the server's certificate, beside whom the system trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface ConnectionSettings extends InboxSettings {
  /** `nats://host:port`, several separated by commas; user and password may stand in it. */
  readonly url: string;
  /** Shown by the server: `nats server list connections`. */
  readonly name: string;
  /** Path of a `.creds` file, read again at every connect. */
  readonly credentials?: string;
  readonly tls?: TlsSettings;
}

/** The servers that a URL names, and who connects: the client library takes no user and password from a URL. */
export interface Servers {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const userInfo = /^([a-z]+:\/\/)?([^@/]*)@/i;

/** The user of the first server that names one is the user for all; a user without a password is a token (docs.nats.io, "URL"). */
export function serversOf(url: string): Servers {
  const named = url.split(',').map((server) => server.trim());
  const servers = named.map((server) => server.replace(userInfo, '$1'));
  const info = named.map((server) => userInfo.exec(server)?.[2]).find((found) => found !== undefined);
  if (info === undefined) return { servers };
  const colon = info.indexOf(':');
  if (colon === -1) return { servers, token: decoded(info) };
  return { servers, user: decoded(info.slice(0, colon)), pass: decoded(info.slice(colon + 1)) };
}

/** The URL as it may be printed: user, password and token removed. */
export const withoutSecrets = (url: string): string => serversOf(url).servers.join(',');

/** A lone "%" stands for itself: who writes one into a password has not thought of encoding it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
