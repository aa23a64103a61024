/** Reads the environment with the options that all commands share. */
import { existsSync } from 'node:fs';
import { InvalidOptionError, ParleyError } from '../core/errors.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import { readRunFile } from '../embedded/index.ts';
import { type ConnectionSettings, natsUrl } from '../transport/jetstream/index.ts';

export interface CommonOptions {
  readonly mesh: string;
  /** The folder of the embedded server's data. */
  readonly data: string;
}

export const defaultMesh = 'devops';

/** An empty path would be the working directory; a control character in one is a slip of the keyboard, or of a script. @throws InvalidOptionError */
export function checkDataFolder(folder: string): void {
  if (folder !== '' && !/\p{Cc}/u.test(folder)) return;
  throw new InvalidOptionError('data', 'the path of a folder, without control characters', folder);
}

/** `NATS_URL` is not set, and no embedded server is running. */
class NoServerError extends ParleyError {
  constructor(dataDir: string) {
    super(
      'PARLEY_NO_SERVER',
      `no nats-server to talk to: NATS_URL is not set, and none runs with the data folder "${dataDir}"\n` +
        'start an app ("parley run <app>", or "npm start" for the demo) with this folder, or set NATS_URL to a server of yours',
      { retryable: true },
    );
  }
}

/**
 * Returns the server named by `NATS_URL`, with `NATS_CREDS`, `NATS_CA`, `NATS_CERT`, `NATS_KEY`, `NATS_INBOX_PREFIX` and
 * `NATS_REPLY_PREFIX`; `undefined` without `NATS_URL`.
 */
export function externalServer(
  env: NodeJS.ProcessEnv,
  name: string,
  url: string | ServiceUrl | undefined = env.NATS_URL,
): ConnectionSettings | undefined {
  if (url === undefined || url === '') return undefined;
  const credentials = fileOf(env, 'NATS_CREDS');
  const [ca, cert, key] = [fileOf(env, 'NATS_CA'), fileOf(env, 'NATS_CERT'), fileOf(env, 'NATS_KEY')];
  const tls = {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
  };
  return {
    url: natsUrl(url),
    name,
    ...inboxesOf(env),
    ...(credentials === undefined ? {} : { credentials }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

/** Returns the server at `NATS_URL`, or the running embedded server of this data folder. @throws NoServerError */
export async function runningServer(
  env: NodeJS.ProcessEnv,
  options: CommonOptions,
  name: string,
): Promise<ConnectionSettings> {
  const external = externalServer(env, name);
  if (external !== undefined) return external;
  const running = await readRunFile(options.data);
  if (running === undefined) throw new NoServerError(options.data);
  return { url: running.url, name, ...inboxesOf(env) };
}

/** Reads `NATS_INBOX_PREFIX` and `NATS_REPLY_PREFIX`. */
export function inboxesOf(env: NodeJS.ProcessEnv): Pick<ConnectionSettings, 'inboxPrefix' | 'replyPrefix'> {
  const { NATS_INBOX_PREFIX: inboxPrefix = '', NATS_REPLY_PREFIX: replyPrefix = '' } = env;
  return {
    ...(inboxPrefix === '' ? {} : { inboxPrefix }),
    ...(replyPrefix === '' ? {} : { replyPrefix }),
  };
}

function fileOf(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const path = env[variable];
  if (path === undefined || path === '') return undefined;
  if (!existsSync(path)) throw new InvalidOptionError(variable, 'the path of a file that exists', path);
  return path;
}
