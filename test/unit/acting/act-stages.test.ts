/** The stages of an act in order, with the records that each leaves before the next one begins. */
import { describe, expect, it } from 'vitest';
import { proposeAct } from '../../../runtime/core/act-proposal.ts';
import { ActSeries } from '../../../runtime/core/act-series.ts';
import type { ActResult, Effect } from '../../../runtime/core/acting.ts';
import { deferred } from '../../../runtime/core/deferred.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { Acts, type ActsParts } from '../../../runtime/policy/act.ts';
import type { Approver } from '../../../runtime/policy/approver.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { Bench, reasons, scale } from './acting-bench.ts';

const intent = {
  intent_id: 'i1',
  from_agent: 'client/a',
  to_agent: 'planner',
  intent_type: 'go',
  context: {},
  constraints: {},
  success_criteria: {},
  timestamp: '2026-01-01T00:00:00.000Z',
  parent_intent_id: null,
} as const satisfies Intent;

/** Acting with everything in memory; what happens is noted in the bench's order. */
class Rig {
  readonly bench: Bench;
  readonly #parts: ActsParts;

  constructor(effects: readonly Effect[], more: Partial<ActsParts> = {}) {
    this.bench = new Bench(...effects);
    const { order } = this.bench;
    const kept = new Map<string, { readonly value: string; readonly revision: number }>();
    this.#parts = {
      ...this.bench.options,
      log: { append: async ({ stage }) => void order.push(`logged: ${stage}`) },
      store: {
        read: async (key) => kept.get(key),
        async writeIf(key, value, expected) {
          if ((kept.get(key)?.revision ?? 0) !== expected) return false;
          kept.set(key, { value, revision: expected + 1 });
          order.push('claimed');
          return true;
        },
      },
      diverged: async () => void order.push('a human was called'),
      clock: new ManualClock(),
      events: { actDecided: () => undefined, actEnded: () => undefined },
      otelTraceId: () => null,
      ...more,
    };
  }

  act(): Promise<ActResult> {
    return new Acts(this.#parts).act({
      agent: 'planner',
      intent,
      attempt: 1,
      proposal: proposeAct(scale, reasons),
      place: new ActSeries().next(intent.intent_id, scale.name, scale.resource),
      signal: new AbortController().signal,
      whenOwned: async () => void this.bench.order.push('owned'),
    });
  }
}

describe('an act', () => {
  it('An act that is allowed is decided and logged, traced, claimed, then done', async () => {
    const rig = new Rig(['allow']);
    await rig.act();
    expect(rig.bench.order).toEqual(['decided', 'logged: proposed', 'traced', 'claimed', 'owned', 'done']);
  });

  it('An act that is denied is logged, traced and claimed, but not done', async () => {
    const rig = new Rig(['deny']);
    expect(await rig.act()).toMatchObject({ status: 'denied' });
    expect(rig.bench.order).toEqual(['decided', 'logged: proposed', 'traced', 'claimed']);
  });

  it('An act that is approved is decided and logged again after the answer', async () => {
    const approver: Approver = {
      ask: async () => {
        rig.bench.order.push('asked');
        return { approved: true, by: 'ada', comment: '' };
      },
    };
    const rig = new Rig(['require_approval'], { approver });
    expect(await rig.act()).toMatchObject({ status: 'done', approval: { by: 'ada' } });
    const again = ['decided', 'logged: approved'];
    const first = ['decided', 'logged: proposed'];
    expect(rig.bench.order).toEqual([...first, 'asked', ...again, 'traced', 'claimed', 'owned', 'done']);
  });

  it('An act waits for its approval without a trace, a claim or an execution', async () => {
    const answer = deferred<{ approved: boolean; by: string; comment: string }>();
    const rig = new Rig(['require_approval'], { approver: { ask: () => answer.promise } });
    const acted = rig.act();
    await turn();
    expect(rig.bench.order).toEqual(['decided', 'logged: proposed']);
    answer.resolve({ approved: false, by: 'ada', comment: 'not today' });
    expect(await acted).toMatchObject({ status: 'denied', reason: 'not approved by ada: not today' });
    expect(rig.bench.order).toEqual(['decided', 'logged: proposed', 'traced', 'claimed']);
  });
});

describe('a decision', () => {
  it('A decision is logged before the approver is asked', async () => {
    const logged = deferred<void>();
    const asked: string[] = [];
    const approver: Approver = {
      async ask() {
        asked.push('asked');
        return { approved: false, by: 'ada', comment: '' };
      },
    };
    const rig = new Rig(['require_approval'], { approver, log: { append: () => logged.promise } });
    const acted = rig.act();
    await turn();
    expect(asked).toEqual([]);
    logged.resolve();
    await acted;
    expect(asked).toEqual(['asked']);
  });

  it.each<Effect>(['allow', 'deny'])('A decision that cannot be logged leaves nothing behind: %s', async (effect) => {
    const log = { append: () => Promise.reject(new Error('the log is away')) };
    const rig = new Rig([effect], { log });
    await expect(rig.act()).rejects.toMatchObject({ code: 'PARLEY_ACT_NOT_RECORDED', retryable: true });
    expect(rig.bench.order).toEqual(['decided']);
  });
});
