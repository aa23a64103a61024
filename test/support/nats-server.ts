/** A real nats-server for one test file, in its own folder; without a password, so that every client may inspect it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmbeddedNatsServer,
  findNatsServer,
  type NatsServerOptions,
  startNatsServer,
} from '../../runtime/embedded/index.ts';

export interface TestServer extends AsyncDisposable {
  readonly server: EmbeddedNatsServer;
  readonly url: string;
}

export async function startTestServer(options: Partial<NatsServerOptions> = {}): Promise<TestServer> {
  const found = await findNatsServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const server = await startNatsServer({
    binary: found.path,
    version: found.version,
    dataDir,
    isOpen: true,
    ...options,
  });
  return {
    server,
    url: server.url.describe,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
