/** The databases that the stores are tested on, each started once per file; each test has its own mesh. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, onTestFinished } from 'vitest';
import { type Database, type DatabasePlace, openDatabase } from '../../runtime/database/index.ts';
import { type EmbeddedPglite, startPglite } from '../../runtime/embedded/index.ts';
import { orSkip } from './or-skip.ts';
import { fillStore } from './pglite-store.ts';
import { PostgresServer } from './postgres-server.ts';

export interface DatabaseRig {
  /** Connects to the database of a mesh: a new mesh, or the named one. */
  open(mesh?: string): Promise<Database>;
  /** Connects as a read-only command does. */
  read(mesh: string): Promise<Database>;
}

let meshes = 0;
export const newMesh = (): string => `rig_${process.pid}_${meshes++}`;

export function onEachDatabase(run: (rig: DatabaseRig) => void): void {
  describe('Postgres', () => {
    const server = sharedPostgres();
    run(rigOn(() => ({ url: server().url })));
  });

  describe('PGlite', () => {
    const pglite = sharedPglite();
    run(rigOn(() => ({ embedded: pglite() })));
  });
}

/** Starts one Postgres for all tests of a group; they are skipped where there is none. */
export function sharedPostgres(): () => PostgresServer {
  let starting: Promise<PostgresServer> | undefined;
  let server: PostgresServer;
  beforeEach(async (test) => {
    starting ??= PostgresServer.make();
    server = await orSkip(test, starting);
  });
  afterAll(async () => {
    const started = await starting?.catch(() => undefined);
    await started?.[Symbol.asyncDispose]();
  });
  return () => server;
}

/** Starts one PGlite for all tests of a group. */
export function sharedPglite(): () => EmbeddedPglite {
  let folder: string;
  let pglite: EmbeddedPglite;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-pglite-'));
    await fillStore(folder);
    pglite = await startPglite({ dataDir: folder });
  });
  afterAll(async () => {
    await pglite.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return () => pglite;
}

const rigOn = (place: () => DatabasePlace): DatabaseRig => ({
  open: (mesh = newMesh()) => closedAfterwards(openDatabase({ mesh, ...place() })),
  read: (mesh) => closedAfterwards(openDatabase({ mesh, asReader: true, ...place() })),
});

async function closedAfterwards(opening: Promise<Database>): Promise<Database> {
  const database = await opening;
  onTestFinished(() => database.close());
  return database;
}
