/** A passing outage is not a verdict: a lost record is retried, and nothing is executed before it is written. */
import { describe, expect, it } from 'vitest';
import { StatementError } from '../../../runtime/database/index.ts';
import { type ActOptions, defineAgent, type HandlingContext } from '../../../runtime/index.ts';
import { type TestMesh, type TestMeshOptions, testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

interface Ran {
  readonly mesh: TestMesh;
  readonly errors: readonly unknown[];
}

async function run(actions: ActOptions, options: Omit<TestMeshOptions, 'node'> = {}): Promise<Ran> {
  const errors: unknown[] = [];
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    async receive(_intent, ctx) {
      try {
        await (ctx as HandlingContext).act(scale, reasons);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    },
  });
  const mesh = await testMesh([agent], { ...options, node: { actions } });
  await mesh.tell('planner', { intent_type: 'go' });
  await mesh.settled();
  return { mesh, errors };
}

const readOnly = new StatementError('there', '25006', 'read-only', true);
const noColumn = new StatementError('there', '42703', 'no such column', false);

describe('a trace that cannot be written', () => {
  it.each<[string, Error]>([
    ['a plain error', new Error('disk full')],
    ['a database that is read-only for a moment', readOnly],
    ['an error around one that may pass', new Error('writing failed', { cause: readOnly })],
  ])('A lost trace write is retried, and the act executed once: %s', async (_what, fault) => {
    const bench = new Bench('allow');
    bench.traceFaults.push(fault);
    const { mesh, errors } = await run(bench.options);
    await using _ = mesh;
    expect(errors).toMatchObject([{ code: 'PARLEY_ACT_NOT_RECORDED', retryable: true }]);
    expect(bench.done).toHaveLength(1);
    expect([mesh.dead, mesh.handled.length]).toEqual([[], 1]);
  });

  it('A final refusal of the trace is not retried', async () => {
    const bench = new Bench('allow');
    bench.traceFaults.push(noColumn);
    const { mesh, errors } = await run(bench.options);
    await using _ = mesh;
    expect(errors).toMatchObject([{ code: 'PARLEY_ACT_NOT_RECORDED', retryable: false }]);
    expect([bench.done.length, mesh.dead.length]).toEqual([0, 1]);
  });
});

it('An act without an actuator gives up at once', async () => {
  const { mesh, errors } = await run({ ...new Bench('allow').options, actuators: { scale_down: () => null } });
  await using _ = mesh;
  expect(errors).toMatchObject([{ code: 'PARLEY_NO_ACTUATOR', retryable: false, known: ['scale_down'] }]);
  expect(mesh.dead).toMatchObject([{ reason: 'PARLEY_NO_ACTUATOR', attempts: 1 }]);
});

it.each([0.05, 0.1, 0.2])(
  'Each act is executed once, with its record, while the store loses %d of its requests',
  async (chance) => {
    for (let seed = 1; seed <= 20; seed++) {
      const bench = new Bench('allow');
      const faults = { loseRequest: chance, losePublish: chance, losePublishAnswer: chance, loseAck: chance };
      const { mesh } = await run(bench.options, { seed, faults });
      await using _ = mesh;
      expect(new Set(bench.done.map(({ key }) => key)).size).toBe(1);
      expect(bench.traces.length).toBeGreaterThanOrEqual(bench.done.length);
    }
  },
);
