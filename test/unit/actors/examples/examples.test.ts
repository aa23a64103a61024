/** The examples, without a server: what each shows. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greeter } from '../../../../actors/examples/hello.ts';
import { offers, retention } from '../../../../actors/examples/reduce_churn/agents.ts';
import { customersOf } from '../../../../actors/examples/reduce_churn/customers.ts';
import { offerOf } from '../../../../actors/examples/reduce_churn/offer.ts';
import { resource } from '../../../../actors/examples/resources.ts';
import { testMesh } from '../../../../runtime/testing/index.ts';

describe('an agent in 30 lines', () => {
  it('has no more of them', () => {
    expect(readFileSync('actors/examples/hello.ts', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('greets, and counts for each agent', async () => {
    await using mesh = await testMesh([greeter]);
    const greet = (id: string) => mesh.ask(id, { intent_type: 'greet', context: { name: 'Ann' } });
    expect(await greet('greeter/a')).toEqual({ text: 'hello, Ann', times: 1 });
    expect(await greet('greeter/a')).toMatchObject({ times: 2 });
    expect(await greet('greeter/b')).toMatchObject({ times: 1 });
  });
});

describe('a thousand keyed agents', () => {
  const acquire = (holder: string, minutes: number) => {
    return { intent_type: 'acquire', context: { holder, minutes } } as const;
  };

  it('give each resource to one at a time, all thousand of them, and are gone when they are idle', async () => {
    await using mesh = await testMesh([resource]);
    for (let n = 0; n < 1_000; n++) {
      expect(await mesh.ask(`resource/r${n}`, acquire(`h${n}`, 5))).toMatchObject({ granted: true, holder: `h${n}` });
    }
    expect(mesh.node.counts.active).toBe(1_000);
    await mesh.advance(10 * 60_000);
    expect(mesh.node.counts.active).toBe(0);
  });

  it('are written to with a key, or not at all', async () => {
    await using mesh = await testMesh([resource]);
    await expect(mesh.tell('resource', acquire('ann', 5))).rejects.toMatchObject({
      code: 'PARLEY_MISSING_KEY',
      message: expect.stringContaining('write to "resource/<key>"') as string,
    });
  });

  it('tell the others until when it is taken, and give it to them then', async () => {
    await using mesh = await testMesh([resource], { startAt: 0 });
    expect(await mesh.ask('resource/db', acquire('ann', 5))).toMatchObject({ granted: true, holder: 'ann' });
    expect(await mesh.ask('resource/db', acquire('bob', 5))).toMatchObject({ granted: false, holder: 'ann' });
    await mesh.advance(5 * 60_000);
    expect(await mesh.ask('resource/db', acquire('bob', 5))).toMatchObject({ granted: true, holder: 'bob' });
  });

  it('never have two holders, whatever is asked in whatever order', async () => {
    const step = fc.record({
      who: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('acquire' as const, 'release' as const),
      minutes: fc.integer({ min: 1, max: 9 }),
      pause: fc.integer({ min: 0, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await using mesh = await testMesh([resource], { startAt: 0 });
        let held: { readonly holder: string; readonly until: number } | undefined;
        for (const { who, what, minutes, pause } of steps) {
          const context = what === 'acquire' ? { holder: who, minutes } : { holder: who };
          const reply = (await mesh.ask('resource/x', { intent_type: what, context })) as Record<string, unknown>;
          const free = held === undefined || held.until <= mesh.now || held.holder === who;
          if (what === 'acquire' && reply.granted === true) {
            expect(free).toBe(true);
            held = { holder: who, until: reply.until as number };
          } else if (what === 'acquire') expect(reply.holder).toBe(held?.holder);
          else if (reply.released === true) held = undefined;
          await mesh.advance(pause * 60_000);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('reduce_churn', () => {
  const intent = (more: { readonly target?: number; readonly budget?: number; readonly discount?: number } = {}) =>
    ({
      intent_type: 'reduce_churn',
      context: { segment: 'high_value_churners', urgency: 'high', current_churn_rate: 0.23 },
      constraints: {
        max_discount: more.discount ?? 0.15,
        budget_remaining: more.budget ?? 50_000,
        must_comply_with: ['gdpr', 'can_spam'],
      },
      success_criteria: { target_churn_rate: more.target ?? 0.15, min_roi: 1.5 },
    }) as const;

  it('finds an offer that keeps to the constraints and meets the criteria', async () => {
    await using mesh = await testMesh([retention, offers]);
    const reply = (await mesh.ask('retention', intent())) as {
      readonly offer: Record<string, number>;
      readonly considered: number;
    };
    expect(reply.offer.churn).toBeLessThanOrEqual(0.15);
    expect(reply.offer.cost).toBeLessThanOrEqual(50_000);
    expect(reply.offer.discount).toBeLessThanOrEqual(0.15);
    expect(reply.offer.roi).toBeGreaterThanOrEqual(1.5);
    expect(reply.considered).toBeGreaterThan(1);
  });

  it.each([
    ['no budget', { budget: 100 }],
    ['a target out of reach', { target: 0.01 }],
    ['a discount too small for anything', { discount: 0.01 }],
  ])('calls a human when there is %s', async (_what, more) => {
    await using mesh = await testMesh([retention, offers]);
    await mesh.tell('retention', intent(more));
    await mesh.settled();
    expect(mesh.escalations).toMatchObject([{ agent: 'retention', reason: 'reasoning_limit' }]);
    expect(mesh.dead).toEqual([]);
  });

  it('gives up on a segment that nobody knows, with the reason', async () => {
    await using mesh = await testMesh([retention, offers]);
    const context = { segment: 'nobody', current_churn_rate: 0.2 };
    await expect(mesh.ask('retention', { ...intent(), context })).rejects.toThrow('no segment "nobody"');
  });

  it('costs more the more it is offered, and keeps more', () => {
    const segment = customersOf('high_value_churners') ?? [];
    const small = offerOf(segment, 0.1, 0.2);
    const large = offerOf(segment, 0.1, 0.8);
    expect(large.cost).toBeGreaterThan(small.cost);
    expect(large.churn).toBeLessThan(small.churn);
    expect(offerOf(segment, 0, 1)).toMatchObject({ cost: 0, roi: 0 });
  });
});
