/** A process that runs PGlite in a folder, recording episodes there as fast as it can. */
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../runtime/database/index.ts';
import { reachPglite } from '../../runtime/embedded/index.ts';
import { type RunningCommand, runScript } from './command.ts';

export async function startWriter(dataDir: string): Promise<RunningCommand> {
  const writer = runScript('test/processes/database/fixtures/writer.ts', [dataDir]);
  onTestFinished(() => void writer.process.kill('SIGKILL'));
  await writer.line(/^serving/);
  return writer;
}

/** Returns the ids of all episodes in the folder. */
export async function kept(dataDir: string): Promise<ReadonlySet<string>> {
  await using embedded = await reachPglite(dataDir);
  if (embedded === undefined) return new Set();
  await using database = await openDatabase({ mesh: 'shop', embedded, asReader: true });
  const rows = await database.query<{ episode_id: string }>(`select episode_id from ${database.schema}.episodes`);
  return new Set(rows.map(({ episode_id }) => episode_id));
}
