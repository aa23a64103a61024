/** The contract of episodic memory: recorded once, closed once, recalled by content. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../runtime/core/json.ts';
import type { EpisodicMemory, NewEpisode } from '../../../runtime/memory/episodic-memory.ts';
import { storableObject } from '../../support/storable-json.ts';

const noon = Date.UTC(2024, 0, 15, 12);

const sample = (changes: Partial<NewEpisode> = {}): NewEpisode => ({
  agent_id: 'cost_monitor',
  intent_id: 'intent_1',
  step: 'act',
  root_intent_id: 'intent_0',
  at: noon,
  action_taken: 'enable_rate_limiting',
  context: { service: 'api_gateway', anomaly_type: 'cost_spike', cost_increase_pct: 47 },
  summary: 'Limited the rate of api_gateway after a spike of 47 percent.',
  confidence: 0.78,
  cost_usd: 1.25,
  ...changes,
});

/** @param open an empty memory of its own for each test */
export function episodicContract(open: () => Promise<EpisodicMemory>): void {
  it('Episodic memory names its store', async () => {
    expect((await open()).store).toMatch(/^(postgres|pglite)$/);
  });

  it('Episodic memory returns a recorded episode whole', async () => {
    const memory = await open();
    const id = await memory.record(sample());
    expect(await memory.recall({ contains: {} })).toEqual([
      { ...sample(), episode_id: id, outcome: null, success: null },
    ]);
  });

  it('Episodic memory keeps an unknown outcome unknown', async () => {
    const memory = await open();
    await memory.record(sample({ confidence: null, cost_usd: null }));
    expect(await memory.recall({ contains: {} })).toMatchObject([{ confidence: null, cost_usd: null }]);
  });

  it('Episodic memory records a step of an intent once: the first one wins, also of many at once', async () => {
    const memory = await open();
    const id = await memory.record(sample());
    const again = Array.from({ length: 8 }, (_, n) => memory.record(sample({ summary: `again ${n}`, at: noon + n })));
    expect(new Set(await Promise.all(again))).toEqual(new Set([id]));
    expect(await memory.recall({ contains: {} })).toMatchObject([{ summary: sample().summary, at: noon }]);
  });

  it('Another step, another intent and another receiver of the same broadcast have episodes of their own', async () => {
    const memory = await open();
    const others = [{ step: 'look' }, { intent_id: 'intent_2' }, { agent_id: 'capacity_planner' }];
    const ids = await Promise.all([{}, ...others].map((changes) => memory.record(sample(changes))));
    expect(new Set(ids).size).toBe(4);
    expect(await memory.recall({ contains: {} })).toHaveLength(4);
  });

  it('Episodic memory keeps the first outcome of an episode', async () => {
    const memory = await open();
    const id = await memory.record(sample());
    expect(await memory.close(id, { outcome: 'the spike ended', success: true })).toBe(true);
    expect(await memory.close(id, { outcome: 'it did not', success: false })).toBe(false);
    await memory.record(sample());
    expect(await memory.recall({ contains: {} })).toMatchObject([{ outcome: 'the spike ended', success: true }]);
  });

  it('Episodic memory keeps one of many outcomes given at once', async () => {
    const memory = await open();
    const id = await memory.record(sample());
    const answers = Array.from({ length: 8 }, (_, n) => memory.close(id, { outcome: `answer ${n}`, success: true }));
    expect((await Promise.all(answers)).filter((first) => first)).toHaveLength(1);
  });

  it('Episodic memory cannot close an episode that was never recorded', async () => {
    expect(await (await open()).close('nothing', { outcome: 'none', success: false })).toBe(false);
  });

  it.each<[JsonObject, readonly string[]]>([
    [{}, ['flat', 'list', 'nested']],
    [{ service: 'api_gateway' }, ['flat', 'nested']],
    [{ service: 'api_gateway', pct: 47 }, ['flat']],
    [{ pct: '47' }, []],
    [{ at: { region: 'eu' } }, ['nested']],
    [{ at: { region: 'us' } }, []],
    [{ hosts: ['b'] }, ['list']],
    [{ hosts: ['b', 'a'] }, ['list']],
    [{ hosts: ['c'] }, []],
    [{ nobody: null }, []],
  ])('Episodic memory finds episodes that contain %j', async (contains, expected) => {
    const memory = await open();
    const contexts: Record<string, JsonObject> = {
      flat: { service: 'api_gateway', pct: 47 },
      nested: { service: 'api_gateway', at: { region: 'eu', zone: 1 } },
      list: { hosts: ['a', 'b'] },
    };
    for (const [step, context] of Object.entries(contexts)) await memory.record(sample({ step, context }));
    const found = await memory.recall({ contains });
    expect(found.map(({ step }) => step).sort()).toEqual(expected);
  });

  it('Episodic memory returns the newest episodes first, up to the limit', async () => {
    const memory = await open();
    for (const n of [3, 1, 4, 2, 5]) await memory.record(sample({ step: `${n}`, at: noon + n }));
    const found = await memory.recall({ contains: {}, limit: 3 });
    expect(found.map(({ step }) => step)).toEqual(['5', '4', '3']);
  });

  it('Episodic memory orders episodes of the same time by id', async () => {
    const memory = await open();
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map((step) => memory.record(sample({ step }))));
    const found = await memory.recall({ contains: {} });
    expect(found.map(({ episode_id }) => episode_id)).toEqual([...ids].sort());
  });

  it('Episodic memory returns ten episodes by default, and refuses a limit too large to read', async () => {
    const memory = await open();
    for (let n = 0; n < 12; n++) await memory.record(sample({ step: `${n}` }));
    expect(await memory.recall({ contains: {} })).toHaveLength(10);
    for (const limit of [0, 1_001, 1.5, Number.NaN]) {
      await expect(memory.recall({ contains: {}, limit })).rejects.toThrow(
        /"limit" must be a whole number from 1 to 1000/,
      );
    }
  });

  it('Episodic memory filters by agent, by time, and by whether the outcome is known', async () => {
    const memory = await open();
    const early = await memory.record(sample({ step: 'early' }));
    await memory.record(sample({ step: 'late', at: noon + 1 }));
    await memory.record(sample({ step: 'other', agent_id: 'capacity_planner', at: noon + 2 }));
    await memory.close(early, { outcome: 'done', success: true });
    const steps = async (query: object): Promise<readonly string[]> =>
      (await memory.recall({ contains: {}, ...query })).map(({ step }) => step);
    expect(await steps({ agent_id: 'capacity_planner' })).toEqual(['other']);
    expect(await steps({ since: noon + 1 })).toEqual(['other', 'late']);
    expect(await steps({ until: noon + 2 })).toEqual(['late', 'early']);
    expect(await steps({ since: noon + 1, until: noon + 2 })).toEqual(['late']);
    expect(await steps({ closed: true })).toEqual(['early']);
    expect(await steps({ closed: false })).toEqual(['other', 'late', 'early']);
  });

  it('Episodic memory finds words in any form in summary, action and outcome', async () => {
    const memory = await open();
    await memory.record(sample({ step: 'limits' }));
    const scaled = await memory.record(sample({ step: 'scales', action_taken: 'scale up', summary: 'Grew.' }));
    await memory.close(scaled, { outcome: 'costs doubled', success: false });
    const steps = async (about: string): Promise<readonly string[]> =>
      (await memory.recall({ contains: {}, about })).map(({ step }) => step);
    expect(await steps('limiting')).toEqual(['limits']);
    expect(await steps('scaling')).toEqual(['scales']);
    expect(await steps('cost -spike')).toEqual(['scales']);
    expect(await steps('"doubled costs"')).toEqual([]);
    expect(await steps(`') or true --`)).toEqual([]);
  });

  it('Episodic memory returns any context unchanged, and finds the episode by it', async () => {
    const memory = await open();
    let step = 0;
    await fc.assert(
      fc.asyncProperty(storableObject, async (context) => {
        const id = await memory.record(sample({ step: `${step++}`, context, at: noon + step }));
        const found = await memory.recall({ contains: context, limit: 1_000 });
        expect(found.find(({ episode_id }) => episode_id === id)?.context).toEqual(context);
      }),
      { numRuns: 60 },
    );
  });

  it('Episodic memory returns characters that a database cannot store', async () => {
    const memory = await open();
    const hostile = 'a\0b\ud800c\u001a0\u001ad800\\u0000"\'$1;--';
    const context: JsonObject = { [hostile]: [hostile, '\ud83d\ude00'] as Json };
    const id = await memory.record(sample({ step: hostile, action_taken: hostile, summary: hostile, context }));
    expect(await memory.close(id, { outcome: hostile, success: true })).toBe(true);
    const texts = { step: hostile, action_taken: hostile, summary: hostile, outcome: hostile };
    expect(await memory.recall({ contains: context, about: hostile })).toMatchObject([{ ...texts, context }]);
  });

  it.each<[string, Partial<NewEpisode>, string]>([
    ['NaN', { context: { load: [1, Number.NaN] } }, '.context.load[1]'],
    ['an endless cost', { cost_usd: Number.POSITIVE_INFINITY }, '.cost_usd'],
    ['a confidence that is no number', { confidence: Number.NaN }, '.confidence'],
    ['a time that is no number', { at: Number.NaN }, '.at'],
    [
      'a key that reaches the prototype',
      { context: JSON.parse('{"__proto__":null}') as JsonObject },
      '.context.__proto__',
    ],
    ['a date', { context: { when: new Date(0) as unknown as Json } }, '.context.when'],
  ])('Episodic memory refuses %s with its path', async (_name, changes, path) => {
    const memory = await open();
    await expect(memory.record(sample(changes))).rejects.toMatchObject({ code: 'PARLEY_MEMORY_VALUE', path });
    expect(await memory.recall({ contains: {} })).toEqual([]);
  });

  it('Episodic memory stores long texts', async () => {
    const memory = await open();
    const long = Array.from({ length: 60_000 }, (_, n) => `word${n}`).join(' ');
    const id = await memory.record(sample({ summary: long, action_taken: long }));
    await memory.close(id, { outcome: long, success: true });
    const [found] = await memory.recall({ contains: {} });
    expect([found?.summary, found?.outcome]).toEqual([long, long]);
  });
}
