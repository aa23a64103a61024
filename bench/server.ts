/** Starts one nats-server for a bench, in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer, startNatsServer } from '../runtime/embedded/index.ts';

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  stop(): Promise<void>;
}

/** Found or fetched as the runtime does it; ends with this process at the latest. */
export async function startBenchServer(): Promise<BenchServer> {
  const found = await findNatsServer({ say: (line) => process.stderr.write(`${line}\n`) });
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const server = await startNatsServer({ binary: found.path, version: found.version, dataDir, isOpen: true });
  return {
    url: server.url.describe,
    pid: server.pid,
    version: server.version,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
