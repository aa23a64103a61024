/** Opens the parts of the demo: nats-server, connection, stores; reports which it uses. */
import { externalServer, inboxesOf } from '../../runtime/cli/settings.ts';
import { findNatsServer, startNatsServer } from '../../runtime/embedded/index.ts';
import { pinoLogger } from '../../runtime/node/pino-logger.ts';
import type { Approver } from '../../runtime/policy/approver.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { type ConnectionSettings, connectJetStream, withoutSecrets } from '../../runtime/transport/jetstream/index.ts';
import type { MeshParts } from './mesh-run.ts';
import { openStores } from './open-stores.ts';

export interface PartsOptions {
  readonly mesh: string;
  readonly data: string;
  readonly approver: Approver;
  readonly say: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Aborts the search for an embedded nats-server, or its start. */
  readonly signal?: AbortSignal | undefined;
}

export interface OpenParts extends MeshParts, AsyncDisposable {}

/** Opens all parts. @throws the error of the part that failed to open; then no part stays open */
export async function openParts(options: PartsOptions): Promise<OpenParts> {
  const { mesh, data, approver, say, env = process.env, signal } = options;
  const closers: (() => PromiseLike<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const open = <T extends AsyncDisposable>(part: T): T => {
    closers.push(() => part[Symbol.asyncDispose]());
    return part;
  };
  const log = pinoLogger('error');
  let mailboxes = '';
  const connect = async (): Promise<Transport> => {
    const { connection, describe } = await openServer({ data, env, say, open, signal });
    mailboxes = describe;
    return open(await connectJetStream({ ...connection, mesh }));
  };
  try {
    const stores = await openStores({ mesh, data, env, log, say, use: open, connect });
    return {
      ...stores,
      mesh,
      approver,
      log,
      describe: [`mailboxes      ${mailboxes}`, ...stores.describe],
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Open = <T extends AsyncDisposable>(part: T) => T;

interface ServerOptions extends Pick<PartsOptions, 'data' | 'say' | 'signal'> {
  readonly env: NodeJS.ProcessEnv;
  readonly open: Open;
}

interface OpenServer {
  readonly connection: ConnectionSettings;
  readonly describe: string;
}

/** Opens `NATS_URL`, or an embedded server with a fresh store. */
async function openServer({ data: dataDir, env, say, open, signal }: ServerOptions): Promise<OpenServer> {
  const external = externalServer(env, 'parley devops');
  if (external !== undefined) return { connection: external, describe: `NATS_URL ${withoutSecrets(external.url)}` };
  const found = await findNatsServer({ say, signal });
  const server = await startNatsServer({
    binary: found.path,
    version: found.version,
    dataDir,
    fresh: true,
    signal,
    log: pinoLogger('warn'),
  });
  open({ [Symbol.asyncDispose]: () => server.stop() });
  return {
    connection: { url: server.url, name: 'parley devops', ...inboxesOf(env) },
    describe: `nats-server ${found.version} of its own at ${server.url.describe}`,
  };
}
