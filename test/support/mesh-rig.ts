/** The mesh of a test file: its parts are opened once, and every run uses its own names in them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Workload } from '../../actors/cloud/load.ts';
import type { Ablation } from '../../actors/devops/ablation.ts';
import { approverFor } from '../../actors/devops/approvers.ts';
import { type MeshOutcome, runMesh } from '../../actors/devops/mesh-run.ts';
import { type OpenParts, openParts } from '../../actors/devops/parts.ts';
import { fillStore } from './pglite-store.ts';

const silent = (): void => undefined;

export interface MeshRig {
  readonly parts: OpenParts;
  run(
    workload: Workload,
    more?: { readonly without?: readonly Ablation[]; readonly approve?: string },
  ): Promise<MeshOutcome>;
}

/** Uses embedded servers with lexical search, whatever the environment names. */
export function meshRig(): () => MeshRig {
  let folder: string;
  let rig: MeshRig;
  let runs = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-mesh-'));
    await fillStore(folder);
    const env = { PATH: process.env.PATH };
    const parts = await openParts({
      mesh: 'devops',
      data: folder,
      approver: approverFor('auto', silent),
      say: silent,
      env,
    });
    const { constraints } = parts;
    rig = {
      parts,
      run: (workload, { without = [], approve = 'auto' } = {}) =>
        runMesh({
          parts: { ...parts, approver: approverFor(approve, silent) },
          workload,
          without: new Set(without),
          run: `run-${runs++}`,
          constraints,
          signal: new AbortController().signal,
        }),
    };
  });
  afterAll(async () => {
    await rig?.parts[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return () => rig;
}
