import { describe, expect, it } from 'vitest';
import type { RestartRule } from '../../../runtime/core/supervision.ts';
import { backoffMs } from '../../../supervision/backoff.ts';
import {
  causeDeadLettered,
  childFailed,
  childSucceeded,
  noRestarts,
  type RestartHistory,
} from '../../../supervision/one-for-one-decision.ts';

const rule: RestartRule = { intensity: 3, periodMs: 60_000, initialIntervalMs: 100, maxIntervalMs: 5_000 };

/** Fails at these times, each time with another intent; the decisions, and the past in the end. */
function failing(times: readonly number[], past: RestartHistory = noRestarts, origins: readonly string[] = []) {
  const decisions: string[] = [];
  for (const now of times) {
    const next = childFailed(rule, past, { id: `intent ${now}`, origin: origins[now] }, now, 1);
    past = next.past;
    decisions.push(next.decision.kind === 'restart' ? `${next.decision.afterMs}` : next.decision.kind);
  }
  return { decisions, past };
}

describe('a child under one_for_one', () => {
  it('A child under one_for_one is restarted, the first time at once, then after pauses that double', () => {
    expect(failing([0, 1, 2]).decisions).toEqual(['0', '100', '200']);
  });

  it('A child under one_for_one is given up at the failure after its intensity', () => {
    expect(failing([0, 1, 2, 3]).decisions).toEqual(['0', '100', '200', 'give_up']);
  });

  it('A child under one_for_one may fail again and again if each period has no more failures than its intensity', () => {
    const spaced = Array.from({ length: 50 }, (_, n) => n * 20_001);
    expect(failing(spaced).decisions).not.toContain('give_up');
  });

  it('A child under one_for_one is charged for a failure exactly one period ago', () => {
    expect(failing([0, 1, 2, 60_000]).decisions.at(-1)).toBe('give_up');
    expect(failing([0, 1, 2, 60_001]).decisions.at(-1)).toBe('200');
  });

  it('A child under one_for_one uses up one restart for all attempts at one intent', () => {
    let past = noRestarts;
    for (let attempt = 0; attempt < 10; attempt++) {
      const next = childFailed(rule, past, { id: 'poison', origin: undefined }, attempt, 1);
      past = next.past;
      expect(next.decision).toEqual({ kind: 'restart', afterMs: 0 });
    }
  });

  it('A child under one_for_one is not to blame for a dead-lettered intent, once it has handled another', () => {
    const { past } = failing([0, 1, 2]);
    const deadLettered = causeDeadLettered(causeDeadLettered(past, 'intent 0'), 'intent 1');
    expect(failing([3], deadLettered).decisions).toEqual(['give_up']);
    expect(failing([3], childSucceeded(deadLettered)).decisions).toEqual(['100']);
  });

  it('A child under one_for_one serves other origins when all of its failures came from one', () => {
    const { decisions, past } = failing([0, 1, 2, 3], noRestarts, ['a', 'a', 'a', 'a']);
    expect(decisions.at(-1)).toBe('hold_origin');
    expect(past).toEqual(noRestarts);
    expect(failing([0, 1, 2, 3], noRestarts, ['a', 'b', 'a', 'a']).decisions.at(-1)).toBe('give_up');
  });

  it('A child under one_for_one with an intensity of 0 is given up at its first failure', () => {
    expect(childFailed({ ...rule, intensity: 0 }, noRestarts, { id: 'x', origin: undefined }, 0, 0).decision).toEqual({
      kind: 'give_up',
      restarts: 0,
    });
  });
});

describe('the backoff', () => {
  const bounds = Array.from({ length: 12 }, (_, n) => backoffMs(rule, n + 1, 1));

  it('The backoff doubles up to its longest', () => {
    expect(bounds).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000, 5_000]);
  });

  it('The backoff has full jitter: anything from nothing to its bound', () => {
    expect([0, 0.25, 0.5, 1].map((random) => backoffMs(rule, 4, random))).toEqual([0, 100, 200, 400]);
  });

  it('The backoff does not overflow', () => {
    expect(backoffMs(rule, 100_000, 1)).toBe(5_000);
  });
});
