/** Makes sure, once for all test files, that there is a nats-server: the way the runtime itself finds or fetches one. */
import { findNatsServer } from '../../runtime/embedded/index.ts';

export default async function setup(): Promise<void> {
  const server = await findNatsServer({ say: (line) => process.stderr.write(`${line}\n`) });
  process.env.PARLEY_NATS_SERVER = server.path;
}
