/** How a server is reached. Without a type of `nats`: these are public, and its own do not pass every compiler setting. */

/** PEM texts. */
export interface TlsSettings {
  /** Who may have signed the server's certificate, beside whom the system trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface ConnectionSettings {
  /** `nats://host:port`, several separated by commas; user and password may stand in it. */
  readonly url: string;
  /** Shown by the server: `nats server list connections`. */
  readonly name: string;
  /** Path of a `.creds` file. */
  readonly credentials?: string;
  readonly tls?: TlsSettings;
}

/** The URL as it may be printed: user, password and token removed. */
export function withoutSecrets(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//');
}
