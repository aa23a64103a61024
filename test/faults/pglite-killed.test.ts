/** A process that runs PGlite is killed: whoever comes next can use the folder at once. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../runtime/database/index.ts';
import { pgliteFolder, reachPglite, startPglite } from '../../runtime/embedded/index.ts';
import { type RunningCommand, runScript } from '../support/command.ts';
import { until } from '../support/jetstream-rig.ts';
import { storedFolder, tempFolder } from '../support/pglite-store.ts';

/** Another process that runs PGlite there, and records episodes as fast as it can. */
async function startWriter(dataDir: string): Promise<RunningCommand> {
  const writer = runScript('test/integration/database/fixtures/writer.ts', [dataDir]);
  onTestFinished(() => void writer.process.kill('SIGKILL'));
  await writer.line(/^serving/);
  return writer;
}

/** Ids of all episodes in the folder. */
async function kept(dataDir: string): Promise<ReadonlySet<string>> {
  await using embedded = await reachPglite(dataDir);
  if (embedded === undefined) return new Set();
  await using database = await openDatabase({ mesh: 'shop', embedded, asReader: true });
  const rows = await database.query<{ episode_id: string }>(`select episode_id from ${database.schema}.episodes`);
  return new Set(rows.map(({ episode_id }) => episode_id));
}

it('a folder that a process was killed over while it made it is made anew', async () => {
  const dataDir = await tempFolder();
  const half = join(pgliteFolder(dataDir), 'store.new');
  await mkdir(half, { recursive: true });
  await writeFile(join(half, 'PG_VERSION'), '18\n');
  await using pglite = await startPglite({ dataDir });
  expect(pglite.version).toMatch(/^PostgreSQL \d+.* \(PGlite /);
  expect(existsSync(half)).toBe(false);
});

describe('a process killed with -9', () => {
  const writers: RunningCommand[] = [];
  afterEach(() => void writers.splice(0));

  it('leaves a folder that can be used at once, with all that it had committed', async () => {
    const dataDir = await storedFolder();
    for (let round = 0; round < 3; round++) {
      const writer = await startWriter(dataDir);
      writers.push(writer);
      await until('it has written for a while', () => writer.lines.length > 200);
      writer.process.kill('SIGKILL');
      await once(writer.process, 'close');
      const confirmed = writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('kept ')));
      const found = await kept(dataDir);
      expect(confirmed.map((line) => line.slice(5)).filter((id) => !found.has(id))).toEqual([]);
      expect(found.size).toBeGreaterThan(200 * round);
    }
  });
});
