/** An agent that calls for a human in a loop does not evict the call of another. */
import { expect, it } from 'vitest';
import { EscalationLimit } from '../../../runtime/node/escalation-limit.ts';

const limits = { perAgent: 3, perKind: 5, windowMs: 60_000 };
const flood = (limit: EscalationLimit, agent: string, times: number, now = 0): number =>
  Array.from({ length: times }, () => limit.admit(agent, 'agent', now)).filter((isStored) => isStored).length;

it('The limit stores the first calls of an agent within a window, and counts the others', () => {
  const limit = new EscalationLimit(limits);
  expect(flood(limit, 'loop', 218_000)).toBe(3);
  expect(limit.ended(59_999)).toEqual([]);
  expect(limit.ended(60_000)).toEqual([{ of: 'loop', reason: 'agent', count: 217_997 }]);
  expect(limit.isOpen).toBe(false);
  expect(flood(limit, 'loop', 5, 60_001)).toBe(3);
});

it('The limit stores the call of another agent, and of another reason, during a flood', () => {
  const limit = new EscalationLimit(limits);
  flood(limit, 'loop', 1_000);
  expect(limit.admit('real', 'agent', 1)).toBe(true);
  expect(limit.admit('loop', 'restart_limit', 1)).toBe(true);
});

it('The limit bounds a flood of many agents of one kind', () => {
  const limit = new EscalationLimit(limits);
  const stored = Array.from({ length: 1_000 }, (_, n) => limit.admit(`loop/${n}`, 'agent', 0)).filter((is) => is);
  expect(stored).toHaveLength(5);
  expect(limit.ended(60_000)).toEqual([{ of: 'loop', reason: 'agent', count: 995 }]);
});

it('The limit reports nothing when it omitted nothing', () => {
  const limit = new EscalationLimit(limits);
  flood(limit, 'calm', 3);
  expect(limit.ended(60_000)).toEqual([]);
});
