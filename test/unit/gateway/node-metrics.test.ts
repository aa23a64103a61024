import { expect, it } from 'vitest';
import { version } from '../../../runtime/core/version.ts';
import { NodeMetrics } from '../../../runtime/gateway/node-metrics.ts';
import { defineAgent } from '../../../runtime/index.ts';
import { type TestMesh, testMesh } from '../../../runtime/testing/index.ts';
import { Bench, reasons, scale } from '../acting/acting-bench.ts';

const read = async (mesh: TestMesh): Promise<string> => {
  const metrics = new NodeMetrics(mesh.node, { isShared: false });
  const { text } = await mesh.drive(metrics.read());
  metrics.stop();
  return text;
};

const value = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((found) => found.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

it('Metrics name the version of the runtime and of Node', async () => {
  await using mesh = await testMesh([]);
  const text = await read(mesh);
  expect(value(text, `parley_build_info{version="${version}",node="${process.version}"}`)).toBe(1);
});

it.each([
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
])('Metrics of the process have the name that dashboards expect: %s', async (name) => {
  await using mesh = await testMesh([]);
  expect(value(await read(mesh), name)).toBeGreaterThanOrEqual(0);
});

it('The age of the oldest intent is reported for each kind that has one', async () => {
  let finish: () => void = () => undefined;
  const slow = defineAgent({
    kind: 'slow',
    delivery: 'at_least_once',
    intents: { go: {} },
    receive: () => new Promise<void>((resolve) => (finish = resolve)),
  });
  await using mesh = await testMesh([slow]);
  await mesh.tell(slow, { intent_type: 'go' });
  await mesh.advance(42_000);
  const waiting = value(await read(mesh), 'parley_oldest_intent_seconds{kind="slow"}');
  expect(waiting).toBeGreaterThanOrEqual(42);
  expect(waiting).toBeLessThan(43);
  finish();
  await mesh.settled();
  expect(value(await read(mesh), 'parley_oldest_intent_seconds{kind="slow"}')).toBeUndefined();
});

it.each([
  ['allow', 'done'],
  ['deny', 'denied'],
] as const)('Decisions that %s, and acts that are %s, are counted', async (effect, outcome) => {
  const bench = new Bench(effect);
  const agent = defineAgent({
    kind: 'planner',
    delivery: 'at_least_once',
    intents: { go: {} },
    receive: async (_intent, ctx) => void (await ctx.act(scale, reasons)),
  });
  await using mesh = await testMesh([agent], { node: { actions: bench.options } });
  const metrics = new NodeMetrics(mesh.node, { isShared: false });
  await mesh.tell(agent, { intent_type: 'go' });
  await mesh.settled();
  const { text } = await mesh.drive(metrics.read());
  metrics.stop();
  expect(value(text, `parley_policy_decisions_total{kind="planner",effect="${effect}"}`)).toBe(1);
  expect(value(text, `parley_acts_total{kind="planner",outcome="${outcome}"}`)).toBe(1);
});

it('Two gateways of a process do not count its collections twice', async () => {
  await using mesh = await testMesh([]);
  await read(mesh);
  const text = await read(mesh);
  expect(text.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
});
