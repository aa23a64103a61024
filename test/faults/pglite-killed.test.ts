/** A process that runs PGlite is killed: the next one can use the folder at once. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pgliteFolder, startPglite } from '../../runtime/embedded/index.ts';
import type { RunningCommand } from '../support/command.ts';
import { until } from '../support/jetstream-rig.ts';
import { storedFolder, tempFolder } from '../support/pglite-store.ts';
import { kept, startWriter } from '../support/pglite-writer.ts';

it('A folder whose creation was killed halfway is created again', async () => {
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

  it('A process killed with -9 leaves a folder that is usable at once, with everything that it had committed', async () => {
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
