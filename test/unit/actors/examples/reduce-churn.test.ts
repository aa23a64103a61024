/** The decisions of `retention`: within the limits, measured against the criteria, with a human called when no offer fits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offers, retention } from '../../../../actors/examples/reduce_churn/agents.ts';
import { customersOf } from '../../../../actors/examples/reduce_churn/customers.ts';
import type { Conclusion } from '../../../../actors/examples/reduce_churn/decide.ts';
import { reachable } from '../../../../actors/examples/reduce_churn/laws.ts';
import { churnOf, offersAt } from '../../../../actors/examples/reduce_churn/offer.ts';
import type { Json } from '../../../../runtime/index.ts';
import { stub, type TestMesh, testMesh } from '../../../../runtime/testing/index.ts';

interface Changes {
  readonly segment?: string;
  readonly urgency?: 'low' | 'high';
  readonly budget?: number;
  readonly discount?: number;
  readonly laws?: string[];
  readonly target?: number;
  readonly roi?: number;
}

/** The article's intent, but for what is changed. */
const intent = (changes: Changes = {}) => {
  const { segment = 'high_value_churners', urgency = 'high', budget = 50_000, discount = 0.15 } = changes;
  const { laws = ['gdpr', 'can_spam'], target = 0.15, roi = 1.5 } = changes;
  return {
    intent_type: 'reduce_churn',
    context: { segment, urgency, current_churn_rate: 0.23 },
    constraints: { max_discount: discount, budget_remaining: budget, must_comply_with: laws },
    success_criteria: { target_churn_rate: target, min_roi: roi },
  } as const;
};

const ask = async (mesh: TestMesh, changes: Changes = {}): Promise<Conclusion> =>
  (await mesh.ask(retention, intent(changes))) as Conclusion;

it("reduce_churn plans an offer for the article's intent, with the expected value of each criterion", async () => {
  await using mesh = await testMesh([retention, offers]);
  const { outcome, offer, success_criteria } = await ask(mesh);
  expect(outcome).toBe('planned');
  expect(success_criteria).toEqual([
    { name: 'target_churn_rate', wanted: 0.15, expected: offer?.churn, met: true },
    { name: 'min_roi', wanted: 1.5, expected: offer?.roi, met: true },
  ]);
  expect(mesh.escalations).toEqual([]);
});

it('reduce_churn gives no greater discount than needed: the first thought that finds an offer ends it', async () => {
  await using mesh = await testMesh([retention, offers]);
  const { offer } = await ask(mesh);
  const weighed = mesh.sent.filter(({ intent_type }) => intent_type === 'alternatives');
  const discounts = weighed.map(({ context }) => context.discount as number);
  expect(discounts).toEqual([...discounts].sort((a, b) => a - b));
  expect(discounts.at(-1)).toBe(offer?.discount);
  expect(discounts.length).toBeGreaterThan(1);
});

it('reduce_churn keeps to every limit, and judges the criteria correctly', async () => {
  await using mesh = await testMesh([retention, offers]);
  const part = (greatest: number) => fc.integer({ min: 0, max: 1_000 * greatest }).map((n) => n / 1_000);
  const changes = fc.record({
    segment: fc.constantFrom('high_value_churners', 'occasional', 'loyal'),
    budget: fc.integer({ min: 0, max: 60_000 }),
    discount: part(0.4),
    laws: fc.subarray(['gdpr', 'can_spam']),
    target: part(0.35),
    roi: part(5),
  });
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(changes, async (given) => {
      const called = mesh.escalations.length;
      const { outcome, offer, success_criteria } = await ask(mesh, given);
      outcomes.add(outcome);
      if (offer !== null) {
        expect(offer.cost).toBeLessThanOrEqual(given.budget);
        expect(offer.discount).toBeLessThanOrEqual(given.discount);
        const allowed = reachable(customersOf(given.segment) ?? [], given.laws);
        expect(offer.customers).toBeLessThanOrEqual(allowed.length);
      }
      for (const { name, wanted, expected, met } of success_criteria) {
        expect(met).toBe(name === 'min_roi' ? expected >= wanted : expected <= wanted);
      }
      expect(success_criteria.every(({ met }) => met)).toBe(outcome !== 'escalated');
      expect(mesh.escalations.length - called).toBe(outcome === 'escalated' ? 1 : 0);
    }),
    { numRuns: 60, seed: 11 },
  );
  expect([...outcomes].sort()).toEqual(['escalated', 'planned', 'unneeded']);
});

describe('a call for a human', () => {
  it.each<[string, Changes, string]>([
    ['no budget', { budget: 100 }, 'the cheapest offer costs 359 USD, the budget is 100 USD'],
    ['a target out of reach', { target: 0.01 }, 'within the limits churn comes down to 0.095, not to 0.01'],
    ['a discount too small for anything', { discount: 0.01 }, 'not to 0.15'],
    ['a return that no offer has', { roi: 9 }, 'returns less than 9 USD for each one spent'],
    ['an unknown law', { laws: ['gdpr', 'hipaa'] }, 'no rules are known for complying with hipaa'],
  ])('reduce_churn calls a human when there is %s', async (_what, changes, why) => {
    await using mesh = await testMesh([retention, offers]);
    const { outcome, rationale } = await ask(mesh, changes);
    expect([outcome, rationale]).toEqual(['escalated', expect.stringContaining(why)]);
    const [call, ...more] = mesh.escalations;
    expect(call).toMatchObject({
      agent: 'retention',
      reason: 'agent',
      message: expect.stringContaining(why) as string,
    });
    expect(call?.intent_id).toBe(mesh.sent[0]?.intent_id);
    expect(more).toEqual([]);
    expect(mesh.dead).toEqual([]);
  });

  it.each([
    ['high', 10_000],
    ['low', 60_000],
  ] as const)(
    'reduce_churn calls a human when thinking takes too long for urgency "%s"',
    async (urgency, patienceMs) => {
      let answer: (reply: Json) => void = () => undefined;
      const slow = stub('offers', offers.intents, () => new Promise<Json>((resolve) => (answer = resolve)));
      await using mesh = await testMesh([retention, slow.agent]);
      await mesh.tell(retention, intent({ urgency }));
      await mesh.advance(patienceMs - 1);
      expect(mesh.escalations).toEqual([]);
      await mesh.advance(1);
      answer({ churn: 0, offers: [], unknown_laws: [] });
      await mesh.settled();
      expect(mesh.escalations).toMatchObject([{ agent: 'retention', reason: 'reasoning_limit' }]);
    },
  );
});

it('reduce_churn spends nothing when churn is low enough', async () => {
  await using mesh = await testMesh([retention, offers]);
  expect(await ask(mesh, { segment: 'loyal' })).toMatchObject({ outcome: 'unneeded', offer: null });
});

it('reduce_churn keeps to the limits of the house when the sender names none', async () => {
  await using mesh = await testMesh([retention, offers]);
  const context = { segment: 'high_value_churners' };
  const { outcome, offer, success_criteria } = (await mesh.ask('retention', {
    intent_type: 'reduce_churn',
    context,
  })) as Conclusion;
  expect(outcome).toBe('planned');
  expect(offer?.cost).toBeLessThanOrEqual(25_000);
  expect(offer?.discount).toBeLessThanOrEqual(0.1);
  expect(success_criteria[0]).toMatchObject({ name: 'target_churn_rate', wanted: 0.206, met: true });
  const asked = mesh.sent.find(({ intent_type }) => intent_type === 'alternatives');
  expect(asked?.constraints).toEqual({ must_comply_with: ['gdpr', 'can_spam'] });
});

it('reduce_churn gives up on an unknown segment, with the reason', async () => {
  await using mesh = await testMesh([retention, offers]);
  for (const segment of ['nobody', 'constructor']) {
    await expect(ask(mesh, { segment })).rejects.toThrow(`no segment "${segment}"`);
  }
});

describe('the arithmetic of an offer', () => {
  const segment = customersOf('high_value_churners') ?? [];

  it('A larger offer costs more, and keeps more customers', () => {
    const made = offersAt(0.1, segment, segment);
    for (const [n, offer] of made.entries()) {
      expect(offer.cost).toBeGreaterThan(made[n - 1]?.cost ?? 0);
      expect(offer.churn).toBeLessThan(made[n - 1]?.churn ?? churnOf(segment));
    }
    expect(made.at(-1)?.customers).toBe(segment.length);
  });

  it('An offer without a discount costs and changes nothing, and goes to at least one customer', () => {
    expect(offersAt(0, segment, segment).at(-1)).toMatchObject({ cost: 0, roi: 0, churn: churnOf(segment) });
    expect(offersAt(0.1, segment, [])).toEqual([]);
  });

  it('An offer reaches only customers that every law permits to contact', () => {
    const allowed = reachable(segment, ['gdpr', 'can_spam']);
    expect(allowed.length).toBeLessThan(reachable(segment, ['gdpr']).length);
    expect(allowed.every(({ consented, unsubscribed }) => consented && !unsubscribed)).toBe(true);
    expect(reachable(segment, ['hipaa'])).toEqual([]);
    expect(reachable(segment, ['constructor'])).toEqual([]);
  });
});
