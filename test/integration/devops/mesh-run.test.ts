/** The mesh on real parts: what each part is worth, and that the result is a function of the seed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatedWorkload } from '../../../actors/cloud/load.ts';
import type { Ablation } from '../../../actors/devops/ablation.ts';
import { approverFor } from '../../../actors/devops/approvers.ts';
import { flipsWithinCoolDown } from '../../../actors/devops/flips.ts';
import { type MeshOutcome, runMesh } from '../../../actors/devops/mesh-run.ts';
import { type OpenParts, openParts } from '../../../actors/devops/parts.ts';
import { uncoordinatedWorld } from '../../../actors/worlds/uncoordinated.ts';

const ticks = 120;
const seed = 2;
let folder: string;
let parts: OpenParts;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-mesh-'));
  const approver = approverFor('auto', () => undefined);
  parts = await openParts({
    mesh: 'devops',
    data: folder,
    approver,
    say: () => undefined,
    env: { PATH: process.env.PATH },
  });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const workload = generatedWorkload(seed, ticks);
const run = (name: string, ...without: readonly Ablation[]): Promise<MeshOutcome> =>
  runMesh({
    parts,
    workload,
    without: new Set(without),
    run: `${name}-${runs++}`,
    constraints: parts.constraints,
    signal: new AbortController().signal,
  });

describe('the mesh', () => {
  it('is the same for the same seed, and better than agents that act alone', async () => {
    const [first, second] = [await run('first'), await run('second')];
    expect(second.totals).toEqual(first.totals);
    const alone = uncoordinatedWorld(workload).totals;
    expect(first.totals.flips).toBeLessThan(alone.flips / 4);
    expect(first.totals.cost_usd).toBeLessThan(alone.cost_usd);
    expect(first.totals.sla_violations).toBeLessThanOrEqual(alone.sla_violations);
    expect(flipsWithinCoolDown(first.cloud)).toBeLessThanOrEqual(2);
  }, 120_000);

  it('has a decision and a trace for everything that it did, and leaves what is decommissioned alone', async () => {
    const before = await parts.transport.logs.decisions.last();
    const { tally, cloud } = await run('traced');
    expect(tally.done.length).toBeGreaterThan(5);
    for (const { traceId, by } of tally.done) {
      const trace = await parts.traces.read(traceId);
      expect(trace).toMatchObject({ agent_id: by, policy: { permitted: true } });
      expect(['allow', 'require_approval']).toContain(trace?.policy.effect);
      if (trace?.policy.effect === 'require_approval') expect(trace.policy.approval).toMatchObject({ approved: true });
    }
    expect((await parts.transport.logs.decisions.last()) - before).toBeGreaterThanOrEqual(tally.done.length);
    expect(cloud.changes('legacy_reports')).toEqual([]);
    const closed = await parts.traces.list({ limit: 1_000, where: 'success = true' });
    expect(closed.length).toBeGreaterThan(0);
  }, 120_000);

  it('without policy does nothing: every act is denied', async () => {
    const { totals, tally } = await run('lawless', 'policy');
    expect([totals.flips, tally.done.length, totals.denied > 0]).toEqual([0, 0, true]);
  }, 120_000);

  it('without traces does nothing: every act is refused', async () => {
    const { totals, tally } = await run('untraced', 'traces');
    expect([totals.flips, tally.done.length, totals.denied, tally.refusals > 0]).toEqual([0, 0, 0, true]);
  }, 120_000);

  it('without knowledge chooses otherwise: nobody limits the bots', async () => {
    const limited = ({ tally }: MeshOutcome): number =>
      tally.done.filter(({ proposal }) => proposal.action === 'limit_rate').length;
    const [known, unknown] = [await run('known'), await run('unknown', 'semantic')];
    expect([limited(known) > 0, limited(unknown)]).toEqual([true, 0]);
  }, 120_000);

  it('without episodes is less sure of itself', async () => {
    const surest = ({ tally }: MeshOutcome): number =>
      Math.max(
        ...tally.done
          .filter(({ proposal: { action, arguments: args } }) => action === 'limit_rate' && args.on === true)
          .map(({ proposal }) => proposal.reasons.confidence_score),
      );
    const [remembering, forgetful] = [await run('remembering'), await run('forgetful', 'episodes')];
    expect(surest(remembering)).toBeGreaterThan(surest(forgetful));
  }, 120_000);

  it('without grants, or without the word of the planner, loses what it had won', async () => {
    const alone = uncoordinatedWorld(workload).totals.flips;
    const advantage = alone - (await run('whole')).totals.flips;
    for (const part of ['grants', 'planner-replies'] as const) {
      expect(alone - (await run('part', part)).totals.flips, part).toBeLessThan(0.65 * advantage);
    }
  }, 120_000);
});
