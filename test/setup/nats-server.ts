/** Ensures, once for all test files, that a nats-server exists: found or fetched as the runtime does it. */
import { findNatsServer } from '../../runtime/embedded/index.ts';

export default async function setup(): Promise<void> {
  const server = await findNatsServer({ say: (line) => process.stderr.write(`${line}\n`) });
  process.env.PARLEY_NATS_SERVER = server.path;
}
