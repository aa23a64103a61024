/** Tells how to join the server that another process runs in a data folder. */
import { DataFolderLockedError } from './embedded-errors.ts';
import { readRunFile, runFileIn } from './run-file.ts';

const joins = {
  nats: { program: 'nats-server', variable: 'NATS_URL' },
  postgres: { program: 'PGlite', variable: 'DATABASE_URL' },
} as const;

/** Returns the error of a locked folder with its server; every other error, and one of a folder without a server, as it is. */
export async function withServer(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof DataFolderLockedError)) return error;
  // a folder that cannot be read names no server: the lock itself is the answer
  const running = await readRunFile(folder).catch(() => undefined);
  if (running === undefined) return error;
  const { program, variable } = joins[running.url.scheme === 'postgres' ? 'postgres' : 'nats'];
  const hint = `${program} runs there at ${running.url.describe}; to join it, set ${variable} to the "url" in "${runFileIn(folder)}"`;
  return new DataFolderLockedError(folder, error.pid, hint);
}
