/** Recorded series as the load: the same order of results as on a generated one. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayedWorkload } from '../../../actors/cloud/load.ts';
import { approverFor } from '../../../actors/devops/approvers.ts';
import { flipsWithinCoolDown } from '../../../actors/devops/flips.ts';
import { runMesh } from '../../../actors/devops/mesh-run.ts';
import { type OpenParts, openParts } from '../../../actors/devops/parts.ts';
import { readMetricsFile } from '../../../actors/metrics/metrics-file.ts';
import { uncoordinatedWorld } from '../../../actors/worlds/uncoordinated.ts';

const folder = resolve('../shared/data/cloudwatch');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.csv')) : [];
const ticks = 250;

describe.runIf(files.length > 0)(
  'in the mesh there are fewer flips, less is paid, and promises are kept as well:',
  () => {
    let data: string;
    let parts: OpenParts;
    beforeAll(async () => {
      data = await mkdtemp(join(tmpdir(), 'parley-recorded-'));
      const say = (): void => undefined;
      const env = { PATH: process.env.PATH };
      parts = await openParts({ mesh: 'devops', data, approver: approverFor('auto', say), say, env });
    });
    afterAll(async () => {
      await parts[Symbol.asyncDispose]();
      await rm(data, { recursive: true, force: true });
    });

    it.each(files)(
      '%s',
      async (file) => {
        const workload = replayedWorkload(await readMetricsFile(join(folder, file)), ticks);
        const { constraints } = parts;
        const signal = new AbortController().signal;
        const mesh = await runMesh({ parts, workload, without: new Set(), run: file, constraints, signal });
        const alone = uncoordinatedWorld(workload).totals;
        expect(mesh.totals.flips).toBeLessThan(alone.flips);
        expect(mesh.totals.cost_usd).toBeLessThan(alone.cost_usd);
        expect(mesh.totals.sla_violations).toBeLessThanOrEqual(alone.sla_violations);
        expect(flipsWithinCoolDown(mesh.cloud)).toBeLessThanOrEqual(2);
      },
      120_000,
    );
  },
);

describe.runIf(files.length === 0)(`THE RECORDED SERIES ARE ABSENT (${folder}): NOT CHECKED`, () => {
  it.skip('in the mesh there are fewer flips, less is paid, and promises are kept as well', () => undefined);
});
