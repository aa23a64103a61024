/** One decision from many contributions. */
import { describe, expect, it } from 'vitest';
import type { Contribution, Effect } from '../../../runtime/core/acting.ts';
import { combine } from '../../../runtime/policy/combine.ts';

const says = (id: string, tier: number, effect: Effect): Contribution => ({
  id,
  tier,
  effect,
  reason: `${id} says so`,
});

describe('deny_overrides', () => {
  it.each<[string, readonly Contribution[], Effect]>([
    ['no rule allows it', [], 'deny'],
    ['one allows it', [says('a', 10, 'allow')], 'allow'],
    ['one wants an approval', [says('a', 10, 'allow'), says('b', 50, 'require_approval')], 'require_approval'],
    ['the lowest tier denies it', [says('a', 100, 'allow'), says('b', 10, 'deny')], 'deny'],
  ])('deny_overrides decides: %s', (_what, contributions, effect) => {
    expect(combine(contributions, 'deny_overrides', 'b').effect).toBe(effect);
  });
});

describe('highest_tier', () => {
  it('highest_tier records the contributions of lower tiers without effect', () => {
    const contributions = [says('cost', 50, 'deny'), says('safety', 100, 'require_approval')];
    expect(combine(contributions, 'highest_tier', 'b')).toMatchObject({
      effect: 'require_approval',
      winners: ['safety'],
      conflict: true,
      contributions: [{ id: 'safety' }, { id: 'cost' }],
    });
  });

  it('highest_tier takes the strictest effect of the highest tier', () => {
    const contributions = [says('a', 100, 'allow'), says('b', 100, 'deny'), says('c', 50, 'allow')];
    expect(combine(contributions, 'highest_tier', 'b')).toMatchObject({ effect: 'deny', winners: ['b'] });
  });
});

it('A decision does not depend on the order of the rules, and names all deciding ones', () => {
  const contributions = [says('b', 50, 'deny'), says('a', 50, 'deny'), says('c', 100, 'allow')];
  const decision = combine(contributions, 'deny_overrides', 'b');
  expect(combine([...contributions].reverse(), 'deny_overrides', 'b')).toEqual(decision);
  expect(decision).toMatchObject({ reason: 'a says so; b says so', winners: ['a', 'b'], conflict: true, bundle: 'b' });
});
