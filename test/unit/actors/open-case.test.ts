/** The open case of the cost monitor for a service. */
import { expect, it } from 'vitest';
import { type ServiceView, Views } from '../../../actors/cloud/view.ts';
import { OpenCases } from '../../../actors/cost_monitor/open-case.ts';
import { contextOf, questionOf } from '../../../actors/cost_monitor/question.ts';
import type { AgentMemory } from '../../../runtime/actor/context.ts';
import { natsWorkingMemory } from '../../../runtime/memory/nats-working-memory.ts';
import { ruleBasedReasoner } from '../../../runtime/reasoning/rule-based.ts';
import { simulatedRig } from '../transport/simulated-rig.ts';

const view: ServiceView = new Views().add({
  service: 'checkout',
  tick: 20,
  at: 6_000_000,
  load: 150,
  sourceConcentration: 0.08,
  instances: 6,
  ready: 6,
  reserved: 0,
  limited: false,
  utilization: 0.625,
  latencyMs: 160,
  violated: false,
  cost: 0.25,
});

it('An open case is remembered for an hour of the cloud, also by a restarted monitor, and by no other run', async () => {
  const rig = await simulatedRig();
  try {
    const working = (await rig.connect()).bucket('working');
    const store = natsWorkingMemory(working);
    const memory: AgentMemory = {
      get: (key) => store.get('cost_monitor', key),
      set: (key, value) => store.set('cost_monitor', key, value),
      entries: () => store.entries('cost_monitor'),
      delete: (key) => store.delete('cost_monitor', key),
    };
    const cases = (run: string): OpenCases => new OpenCases(memory, run);
    expect(await cases('a').read('checkout', 20)).toBeUndefined();
    await cases('a').open('checkout', 20);
    expect(await cases('a').read('checkout', 31)).toEqual({ service: 'checkout', asked_at_tick: 20 });
    expect(await cases('a').read('checkout', 32)).toBeUndefined();
    expect(await cases('a').read('search', 21)).toBeUndefined();
    expect(await cases('b').read('checkout', 21)).toBeUndefined();
  } finally {
    await rig.dispose();
  }
});

it('An open case makes another question a worse choice, and is named in the trace', async () => {
  const open = { service: 'checkout', asked_at_tick: 18 };
  const recalled = { knowledge: [], episodes: [] };
  const anomaly = { kind: 'concentrated', share: 0.4 } as const;
  const fitnessOf = async (given: typeof open | undefined): Promise<number | undefined> => {
    const question = questionOf(view, anomaly, { ...recalled, open: given });
    const { ranking } = await ruleBasedReasoner.reason(question, new AbortController().signal);
    return ranking.find(({ action }) => action === 'investigate')?.score;
  };
  expect(await fitnessOf(open)).toBeLessThan((await fitnessOf(undefined)) ?? 0);
  expect(contextOf(view, { ...recalled, open }).map(({ source }) => source)).toContain('working_memory');
  expect(contextOf(view, { ...recalled, open: undefined }).map(({ source }) => source)).toEqual(['observation']);
});
