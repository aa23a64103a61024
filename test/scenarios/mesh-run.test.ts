/** The mesh on real parts: the value of each part, with the result as a function of the seed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { generatedWorkload } from '../../actors/cloud/load.ts';
import type { Ablation } from '../../actors/devops/ablation.ts';
import { flipsWithinCoolDown } from '../../actors/devops/flips.ts';
import type { MeshOutcome } from '../../actors/devops/mesh-run.ts';
import { uncoordinatedScenario } from '../../actors/scenarios/uncoordinated.ts';
import { agentId } from '../../runtime/index.ts';
import { meshRig } from '../support/mesh-rig.ts';

const ticks = 90;
const seed = 2;
const workload = generatedWorkload(seed, ticks);
/** Enough for what never does anything. */
const beginning = generatedWorkload(seed, 30);
const alone = uncoordinatedScenario(workload).totals;

const rig = meshRig();
const without = (...parts: readonly Ablation[]): Promise<MeshOutcome> => rig().run(workload, { without: parts });

/** Limits that were set, or proposed to be. */
const limits = ({ tally }: MeshOutcome): MeshOutcome['tally']['done'] =>
  tally.done.filter(({ proposal: { action, arguments: args } }) => action === 'limit_rate' && args.on === true);

describe('the mesh', () => {
  let whole: MeshOutcome;
  let decisions: number;
  beforeAll(async () => {
    const before = await rig().parts.transport.log('decisions').last();
    whole = await rig().run(workload);
    decisions = (await rig().parts.transport.log('decisions').last()) - before;
  });

  it('The mesh is better than agents that act alone', () => {
    expect(whole.totals.flips).toBeLessThan(alone.flips / 4);
    expect(whole.totals.cost_usd).toBeLessThan(alone.cost_usd);
    expect(whole.totals.sla_violations).toBeLessThanOrEqual(alone.sla_violations);
    expect(flipsWithinCoolDown(whole.cloud)).toBeLessThanOrEqual(2);
  });

  it('The mesh gives the same result for the same seed', async () => {
    expect((await rig().run(workload)).totals).toEqual(whole.totals);
  });

  it('The mesh has a decision and a trace for each act, and leaves a service alone that is being decommissioned', async () => {
    const { tally, cloud } = whole;
    const { traces } = rig().parts;
    expect(tally.done.length).toBeGreaterThan(5);
    for (const { traceId, by } of tally.done) {
      const trace = await traces.read(traceId);
      expect(trace).toMatchObject({ on_behalf_of: by, policy: { permitted: true } });
      expect(trace?.agent_id).toBe(agentId('resource', String(trace?.selected_action.service)));
      expect(['allow', 'require_approval']).toContain(trace?.policy.effect);
      if (trace?.policy.effect === 'require_approval') expect(trace.policy.approval).toMatchObject({ approved: true });
    }
    expect(decisions).toBeGreaterThanOrEqual(tally.done.length);
    expect(cloud.changes('legacy_reports')).toEqual([]);
    const closed = await traces.list({ limit: 1_000, where: 'success = true' });
    expect(closed.length).toBeGreaterThan(0);
  });

  it('The mesh does not act without a required approval', async () => {
    expect(whole.totals.approvals).toBeGreaterThan(0);
    const { totals } = await rig().run(workload, { approve: 'deny' });
    expect(totals.approvals).toBe(0);
    expect(totals.denied).toBeGreaterThan(whole.totals.denied);
  });

  it('The mesh does nothing without policy: every act is denied', async () => {
    const { totals, tally } = await rig().run(beginning, { without: ['policy'] });
    expect([totals.flips, tally.done.length, totals.denied > 0]).toEqual([0, 0, true]);
  });

  it('The mesh does nothing without traces: every act is refused', async () => {
    const { totals, tally } = await rig().run(beginning, { without: ['traces'] });
    expect([totals.flips, tally.done.length, totals.denied, tally.refusals > 0]).toEqual([0, 0, 0, true]);
  });

  it('The mesh without knowledge limits bots only after a search for the cause in vain', async () => {
    const sources = (outcome: MeshOutcome): readonly ReadonlySet<string>[] =>
      limits(outcome).map(({ proposal }) => new Set(proposal.reasons.context_retrieved.map(({ source }) => source)));
    const [known, unknown] = [sources(whole), sources(await without('semantic'))];
    expect(known.some((read) => read.has('semantic_memory') && !read.has('working_memory'))).toBe(true);
    expect(unknown.every((read) => !read.has('semantic_memory') && read.has('working_memory'))).toBe(true);
    expect(unknown.length).toBeLessThan(known.length);
  });

  it('The mesh without episodes is less confident, and ranks otherwise', async () => {
    const forgetful = await without('episodes');
    const surest = (outcome: MeshOutcome): number =>
      Math.max(...limits(outcome).map(({ proposal: { reasons } }) => reasons.confidence_score));
    const scores = (outcome: MeshOutcome): readonly unknown[] =>
      limits(outcome).map(({ proposal: { reasons } }) => reasons.alternatives_considered.map(({ score }) => score));
    expect(surest(whole)).toBeGreaterThan(surest(forgetful));
    expect(scores(whole)).not.toEqual(scores(forgetful));
  });

  it.each(['grants', 'planner-replies'] as const)('The mesh without %s loses its advantage', async (part) => {
    const advantage = alone.flips - whole.totals.flips;
    expect(alone.flips - (await without(part)).totals.flips).toBeLessThan(0.65 * advantage);
  });
});
