/** Opens the reasoning traces for a command: at `DATABASE_URL`, or in the database of the data folder, running or not. */
import type { Command } from 'commander';
import { ParleyError } from '../core/errors.ts';
import type { DatabasePlace } from '../database/index.ts';
import { reachPglite } from '../embedded/index.ts';
import type { TraceStore } from '../telemetry/reasoning-trace.ts';
import type { CommonOptions } from './settings.ts';

export interface OpenTraces<O> {
  readonly traces: TraceStore;
  readonly mesh: string;
  readonly options: O & CommonOptions;
}

class NoDatabaseError extends ParleyError {
  constructor(dataDir: string) {
    super(
      'PARLEY_NO_DATABASE',
      `no database to look at: DATABASE_URL is not set, and nothing was ever stored in the data folder "${dataDir}"\n` +
        'run "npm start" once, or set DATABASE_URL to the database that the nodes use',
    );
  }
}

/** Runs `act` on the traces of the mesh that the command's options name; creates nothing. @throws NoDatabaseError */
export async function onTraces<O>(command: Command, act: (open: OpenTraces<O>) => Promise<void>): Promise<void> {
  const options = command.optsWithGlobals<O & CommonOptions>();
  const { mesh, data } = options;
  const { openDatabase, PostgresTraces } = await loadDriver();
  await using found = await findPlace(process.env.DATABASE_URL, data);
  await using database = await openDatabase({ ...found.place, mesh, asReader: true });
  await act({ traces: new PostgresTraces(database), mesh, options });
}

/**
 * Loads the driver only for commands that need it. It is a separate function, because TypeScript 6.0 does not rewrite the `.ts` of
 * an `import()` in a block that contains `await using`.
 */
async function loadDriver() {
  const { openDatabase } = await import('../database/index.ts');
  const { PostgresTraces } = await import('../telemetry/postgres/postgres-traces.ts');
  return { openDatabase, PostgresTraces };
}

async function findPlace(
  url: string | undefined,
  dataDir: string,
): Promise<AsyncDisposable & { readonly place: DatabasePlace }> {
  if (url !== undefined && url !== '') return { place: { url }, [Symbol.asyncDispose]: async () => undefined };
  const embedded = await reachPglite(dataDir);
  if (embedded === undefined) throw new NoDatabaseError(dataDir);
  return { place: { embedded }, [Symbol.asyncDispose]: () => embedded[Symbol.asyncDispose]() };
}
