/** The contract of a trace store: written once, closed once, found by content. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewReasoningTrace, ReasoningTrace, TraceStore } from '../../../runtime/telemetry/reasoning-trace.ts';
import { parseTraceQuery, TraceQueryError } from '../../../runtime/telemetry/trace-query.ts';
import { hostileQuery, noon, someQuery, someTrace } from './trace-generators.ts';
import { matches } from './trace-oracle.ts';

const sample = (changes: Partial<NewReasoningTrace> = {}): NewReasoningTrace => ({
  trace_id: 'trace_1',
  agent_id: 'cost_monitor',
  intent_id: 'intent_1',
  root_intent_id: 'intent_0',
  at: noon,
  context_retrieved: [
    { source: 'semantic_memory', id: 'fact_1', version: 3, text: 'A spike of api_gateway was a DDoS', score: 0.91 },
    { source: 'episodic_memory', id: 'episode_1', text: 'Solved by limiting the rate' },
  ],
  alternatives_considered: [
    { action: 'scale_down', estimated_savings: 1_200, risk: 'slower' },
    { action: 'enable_rate_limiting', estimated_savings: 0, risk: 'blocks customers' },
  ],
  decision_rationale: 'It helped before, at little risk.',
  selected_action: { action: 'enable_rate_limiting', threshold: '1000_req_per_min' },
  confidence_score: 0.78,
  policy: { effect: 'allow', contributions: [{ id: 'perf.scale', tier: 10 }], permitted: true, approval: null },
  expected_outcome: { cost_reduction_pct: 40, resolution_time_minutes: 5 },
  otel_trace_id: '0af7651916cd43dd8448eb211c80319c',
  ...changes,
});

/** @param open an empty store of its own for each test */
export function traceContract(open: () => Promise<TraceStore>): void {
  const whole: ReasoningTrace = { ...sample(), actual_outcome: null, success: null };

  it('The trace store returns a written trace whole', async () => {
    const store = await open();
    await store.write(sample());
    expect(await store.read('trace_1')).toEqual(whole);
    expect(await store.list({})).toEqual([whole]);
    expect(await store.read('trace_2')).toBeUndefined();
  });

  it('The trace store records on whose behalf an agent acted, and links the decisions of one act', async () => {
    const store = await open();
    const links = { on_behalf_of: 'capacity_planner', act_key: 'act_1' };
    await store.write(sample({ trace_id: 'denied', ...links }));
    await store.write(sample({ trace_id: 'done', ...links, previous_trace_id: 'denied' }));
    await store.write(sample({ trace_id: 'other', on_behalf_of: 'client/x' }));
    expect(await store.read('done')).toMatchObject({ ...links, previous_trace_id: 'denied' });
    expect(await store.read('denied')).not.toHaveProperty('previous_trace_id');
    expect(idsOf(await store.list({ on_behalf_of: 'capacity_planner' }))).toEqual(['denied', 'done']);
    expect(idsOf(await store.list({ where: "act_key = 'act_1' and previous_trace_id = null" }))).toEqual(['denied']);
    expect(idsOf(await store.list({ where: "on_behalf_of contains 'client'" }))).toEqual(['other']);
  });

  it('The trace store writes a repeated trace once', async () => {
    const store = await open();
    await store.write(sample());
    await Promise.all([1, 2, 3].map((n) => store.write(sample({ decision_rationale: `again ${n}` }))));
    expect(await store.list({})).toEqual([whole]);
  });

  it('The trace store keeps the first outcome of a trace, also after a later write', async () => {
    const store = await open();
    await store.write(sample());
    expect(await store.close('trace_1', { cost_reduction_pct: 38 }, true)).toBe(true);
    expect(await store.close('trace_1', { cost_reduction_pct: 0 }, false)).toBe(false);
    await store.write(sample());
    expect(await store.read('trace_1')).toEqual({
      ...whole,
      actual_outcome: { cost_reduction_pct: 38 },
      success: true,
    });
  });

  it('The trace store keeps one of many outcomes given at once', async () => {
    const store = await open();
    await store.write(sample());
    const answers = Array.from({ length: 8 }, (_, n) => store.close('trace_1', { n }, true));
    expect((await Promise.all(answers)).filter((first) => first)).toHaveLength(1);
  });

  it('The trace store cannot close a trace that was never written', async () => {
    expect(await (await open()).close('nothing', {}, false)).toBe(false);
  });

  it('The trace store lists the newest traces first, then by id, of one agent or one root', async () => {
    const store = await open();
    await store.write(sample({ trace_id: 'b', at: noon }));
    await store.write(sample({ trace_id: 'B', at: noon, agent_id: 'capacity_planner' }));
    await store.write(sample({ trace_id: 'a', at: noon + 1, root_intent_id: 'other' }));
    const ids = async (filter: object): Promise<readonly string[]> => idsOf(await store.list(filter));
    expect(await ids({})).toEqual(['a', 'B', 'b']);
    expect(await ids({ limit: 2 })).toEqual(['a', 'B']);
    expect(await ids({ agent_id: 'cost_monitor' })).toEqual(['a', 'b']);
    expect(await ids({ root_intent_id: 'intent_0' })).toEqual(['B', 'b']);
    expect(await ids({ root_intent_id: 'intent_0', agent_id: 'cost_monitor', where: 'success = null' })).toEqual(['b']);
  });

  it('The trace store lists twenty traces by default, and refuses a limit too large to read', async () => {
    const store = await open();
    for (let n = 0; n < 22; n++) await store.write(sample({ trace_id: `trace_${n}` }));
    expect(await store.list({})).toHaveLength(20);
    for (const limit of [0, 1_001, 1.5, Number.NaN]) {
      await expect(store.list({ limit })).rejects.toThrow(/"limit" must be a whole number from 1 to 1000/);
    }
  });

  it('The trace store names the place of a fault in a query', async () => {
    const store = await open();
    await expect(store.list({ where: 'agent_id = ' })).rejects.toBeInstanceOf(TraceQueryError);
  });

  describe('a query', () => {
    const traces: Readonly<Record<string, Partial<NewReasoningTrace>>> = {
      scaled: { selected_action: { action: 'scale', scale_factor: 6 }, policy: { effect: 'deny' }, at: noon + 1 },
      little: { selected_action: { action: 'scale', scale_factor: 2 }, confidence_score: 0.4 },
      worded: { selected_action: { action: 'scale', scale_factor: 'many' }, otel_trace_id: null },
      limited: { agent_id: 'performance_optimizer' },
    };
    const answers: readonly (readonly [string, readonly string[]])[] = [
      ['selected_action.scale_factor > 5', ['scaled']],
      ['selected_action.scale_factor >= 2', ['little', 'scaled']],
      ['selected_action.scale_factor < 6', ['little']],
      ['selected_action.scale_factor <= 6.0', ['little', 'scaled']],
      ['selected_action.scale_factor = 2', ['little']],
      ['selected_action.scale_factor != 2', ['scaled']],
      ["selected_action.scale_factor != 'some'", ['worded']],
      ['selected_action.scale_factor = null', ['limited']],
      ['selected_action.scale_factor != null', ['little', 'scaled', 'worded']],
      ['not selected_action.scale_factor > 5', ['limited', 'little', 'worded']],
      ["policy.effect = 'deny' and confidence_score < 0.5", []],
      ["policy.effect = 'deny' or confidence_score < 0.5", ['little', 'scaled']],
      ["agent_id = 'performance_optimizer'", ['limited']],
      ["context_retrieved contains 'ddos'", ['limited', 'little', 'scaled', 'worded']],
      ["context_retrieved contains 'semantic'", ['limited', 'little', 'scaled', 'worded']],
      ["context_retrieved contains 'version'", []],
      ["decision_rationale contains 'LITTLE risk'", ['limited', 'little', 'scaled', 'worded']],
      ["policy.contributions.id = 'perf.scale'", ['limited', 'little', 'worded']],
      ["alternatives_considered.action = 'enable_rate_limiting'", ['limited', 'little', 'scaled', 'worded']],
      ["alternatives_considered.0.action = 'enable_rate_limiting'", []],
      ["alternatives_considered.1.action = 'enable_rate_limiting'", ['limited', 'little', 'scaled', 'worded']],
      ['context_retrieved.version > 2', ['limited', 'little', 'scaled', 'worded']],
      ['policy.permitted = true', ['limited', 'little', 'worded']],
      ['policy.permitted != true', []],
      ['policy.approval = null', ['limited', 'little', 'scaled', 'worded']],
      ["at > '2024-01-15T12:00:00Z'", ['scaled']],
      [`at = ${noon}`, ['limited', 'little', 'worded']],
      ['otel_trace_id = null', ['worded']],
      ['success = null and actual_outcome = null', ['limited', 'little', 'scaled', 'worded']],
      ["not (selected_action.action = 'scale' and not confidence_score < 0.5)", ['limited', 'little']],
      ["selected_action.'scale_factor' > 5", ['scaled']],
      ["trace_id = 'x'' or true --'", []],
    ];

    it('A query finds the traces that it asks for', async () => {
      const store = await open();
      for (const [trace_id, changes] of Object.entries(traces)) await store.write(sample({ ...changes, trace_id }));
      const found: [string, readonly string[]][] = [];
      for (const [where] of answers) found.push([where, [...idsOf(await store.list({ where }))].sort()]);
      expect(found).toEqual(answers);
    });

    it('A query gives the same result in the store as over the traces themselves', async () => {
      const store = await open();
      const generated = fc.sample(someTrace, { numRuns: 40, seed: 7 });
      for (const [n, changes] of generated.entries()) await store.write(sample({ ...changes, trace_id: `t${n}` }));
      const all = await store.list({ limit: 1_000 });
      await fc.assert(
        fc.asyncProperty(someQuery, async (where) => {
          const query = parseTraceQuery(where);
          const found = await store.list({ where, limit: 1_000 });
          expect(idsOf(found)).toEqual(idsOf(all.filter((trace) => matches(query, trace))));
        }),
        { numRuns: 150 },
      );
    });

    it('A query does no harm, whatever its text', async () => {
      const store = await open();
      await store.write(sample());
      await fc.assert(
        fc.asyncProperty(hostileQuery, async (where) => {
          const found = await store.list({ where }).catch((error: unknown) => error);
          if (!Array.isArray(found)) expect(found).toBeInstanceOf(TraceQueryError);
        }),
        { numRuns: 150 },
      );
      expect(await store.list({})).toEqual([whole]);
    });
  });

  it('A query replaces characters that a database cannot store', async () => {
    const store = await open();
    const hostile = 'a\0b\ud800c';
    await store.write(sample({ decision_rationale: hostile, selected_action: { [hostile]: hostile } }));
    const where = `selected_action.'${hostile}' = '${hostile}' and decision_rationale contains '${hostile}'`;
    expect(await store.list({ where })).toMatchObject([{ decision_rationale: 'a\ufffdb\ufffdc' }]);
  });
}

const idsOf = (traces: readonly ReasoningTrace[]): readonly string[] => traces.map(({ trace_id }) => trace_id);
