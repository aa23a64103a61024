/** Grants of a resource: one at a time, for a time, without repeated changes of direction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  emptyLedger,
  type GrantLedger,
  type GrantRules,
  grantOne,
} from '../../../runtime/coordination/grant.ts';

const minute = 60_000;
const rules: GrantRules = { coolDownMs: 25 * minute, shortestMs: 5 * minute };

const claim = (by: string, direction: Claim['direction'], more: Partial<Claim> = {}): Claim => {
  return { by, direction, tier: 10, confidence: 0.5, validMs: 0, ...more };
};

/** Grants given one after the other, each at its minute. */
function granted(...claims: readonly (readonly [number, Claim])[]): GrantLedger {
  return claims.reduce((ledger, [at, given]) => grantOne(ledger, [given], at * minute, rules).ledger, emptyLedger);
}

const asked = (ledger: GrantLedger, at: number, ...claims: readonly Claim[]) =>
  grantOne(ledger, claims, at * minute, rules);

describe('competing claims', () => {
  it('The claim of the highest tier is granted, then the most confident one, then the first by name', () => {
    const [cost, speed] = [claim('cost', 'down', { tier: 50 }), claim('speed', 'up')];
    expect(asked(emptyLedger, 0, speed, cost).granted).toBe(cost);
    const sure = claim('sure', 'up', { confidence: 0.9 });
    expect(asked(emptyLedger, 0, speed, sure).granted).toBe(sure);
    expect(asked(emptyLedger, 0, claim('b', 'up'), claim('a', 'up')).granted?.by).toBe('a');
  });

  it('The other claims are refused with the reason', () => {
    const { refused } = asked(emptyLedger, 0, claim('a', 'up'), claim('b', 'down', { tier: 50 }));
    expect(refused).toEqual([{ claim: claim('a', 'up'), reason: '"b" was ranked before it' }]);
  });
});

describe('a grant', () => {
  it('A grant keeps others away until its reasons no longer hold, then no longer', () => {
    const ledger = granted([0, claim('speed', 'up', { validMs: 120 * minute })]);
    const cost = claim('cost', 'down', { tier: 50 });
    expect(asked(ledger, 119, cost).refused[0]?.reason).toBe('granted to "speed" for another 1 minutes');
    expect(asked(ledger, 120, cost).granted).toBe(cost);
  });

  it('A grant without lasting reasons is short', () => {
    const ledger = granted([0, claim('speed', 'up')]);
    expect(asked(ledger, 4, claim('cost', 'down')).granted).toBeUndefined();
    expect(asked(ledger, 5, claim('cost', 'down')).granted?.by).toBe('cost');
  });

  it('A grant permits more of the same', () => {
    const ledger = granted([0, claim('speed', 'up', { validMs: 60 * minute })]);
    expect(asked(ledger, 1, claim('other', 'up')).granted?.by).toBe('other');
  });

  it('A grant yields to an urgent claim, and to no other', () => {
    const ledger = granted([0, claim('cost', 'down', { tier: 50, validMs: 60 * minute })]);
    expect(asked(ledger, 1, claim('speed', 'up', { tier: 80 })).granted).toBeUndefined();
    expect(asked(ledger, 1, claim('speed', 'up', { tier: 90 })).granted?.by).toBe('speed');
  });

  it('A grant is over when its holder gives it back, but for the cool-down', () => {
    const ledger = granted([0, claim('speed', 'up', { validMs: 120 * minute })]);
    const cost = claim('cost', 'down', { released: true });
    expect(asked(ledger, 30, cost).granted).toBe(cost);
    const turned = granted([0, claim('cost', 'down')], [10, claim('speed', 'up', { tier: 90, validMs: 120 * minute })]);
    expect(asked(turned, 30, cost).refused[0]?.reason).toContain('within the cool-down');
  });

  it('A grant does not block an act that keeps the size', () => {
    const ledger = granted([0, claim('speed', 'up', { validMs: 60 * minute })]);
    expect(asked(ledger, 1, claim('cost', 'none')).granted?.by).toBe('cost');
    expect(asked(ledger, 1, claim('cost', 'none')).ledger).toBe(ledger);
  });
});

describe('a resource with changing directions', () => {
  it('A resource is not made smaller again within the cool-down of a change of direction', () => {
    const ledger = granted([0, claim('cost', 'down')], [6, claim('speed', 'up')]);
    expect(asked(ledger, 12, claim('cost', 'down')).refused[0]?.reason).toBe(
      'it changed its direction once within the cool-down',
    );
    expect(asked(ledger, 31, claim('cost', 'down')).granted?.by).toBe('cost');
  });

  it('A resource can always be made larger once more', () => {
    const ledger = granted([0, claim('speed', 'up')], [10, claim('cost', 'down')]);
    expect(asked(ledger, 20, claim('speed', 'up')).granted?.by).toBe('speed');
  });

  it('A resource never changes its direction more than twice within the cool-down, whatever is claimed', () => {
    const anyClaim = fc.record({
      by: fc.constantFrom('a', 'b', 'c'),
      direction: fc.constantFrom('up' as const, 'down' as const, 'none' as const),
      tier: fc.constantFrom(10, 50, 90, 100),
      confidence: fc.constantFrom(0.1, 0.9),
      validMs: fc.constantFrom(0, 10 * minute, 60 * minute),
    });
    const anyHistory = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.array(anyClaim, { maxLength: 4 })));
    fc.assert(
      fc.property(anyHistory, (history) => {
        let [ledger, now] = [emptyLedger, 0];
        const flips: number[] = [];
        for (const [minutes, claims] of history) {
          now += minutes * minute;
          ({ ledger } = grantOne(ledger, claims, now, rules));
          const last = ledger.changes.at(-1);
          if (last?.at === now && last.flip) flips.push(now);
        }
        for (const from of flips) {
          const within = flips.filter((at) => at >= from && at < from + rules.coolDownMs);
          expect(within.length).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('A resource keeps a ledger of bounded length', () => {
    let ledger = emptyLedger;
    for (let n = 0; n < 200; n++) ledger = asked(ledger, 60 * n, claim('a', n % 2 === 0 ? 'up' : 'down')).ledger;
    expect(ledger.changes.length).toBeLessThanOrEqual(16);
  });
});
