/** The plan of a send by the server's answer: the whole table. */
import { describe, expect, it } from 'vitest';
import { pauseMs, planSend, type SendState } from '../../../runtime/mailbox/send-plan.ts';

const state = (given: Partial<SendState>): SendState => ({
  subject: 'lane',
  pool: 'main',
  mode: 'reject',
  told: false,
  uncertain: false,
  ...given,
});

const full = { kind: 'mailbox_full' } as const;
const storeFull = { kind: 'store_full' } as const;

describe('a refusal for want of room', () => {
  it.each([
    { mode: 'reject', told: false, uncertain: false, plan: 'refused' },
    { mode: 'drop', told: false, uncertain: false, plan: 'dropped' },
    { mode: 'wait', told: false, uncertain: false, plan: 'repeat' },
    { mode: 'reject', told: false, uncertain: true, plan: 'repeat' },
    { mode: 'drop', told: false, uncertain: true, plan: 'repeat' },
    { mode: 'reject', told: true, uncertain: true, plan: 'repeat' },
    { mode: 'wait', told: true, uncertain: false, plan: 'settled' },
    { mode: 'drop', told: true, uncertain: false, plan: 'settled' },
  ] as const)(
    'A refusal for want of room is $plan in mode $mode, told $told, uncertain $uncertain',
    ({ plan, ...given }) => {
      expect(planSend(full, state(given)).kind).toBe(plan);
      expect(planSend(storeFull, state(given)).kind).toBe(plan);
    },
  );

  it('The plan marks the lane as full only when it is, and its caller still waits', () => {
    expect(planSend(full, state({ mode: 'wait' }))).toMatchObject({ laneIsFull: true });
    expect(planSend(storeFull, state({ mode: 'wait' }))).toMatchObject({ laneIsFull: false });
    expect(planSend(full, state({ told: true, uncertain: true }))).not.toHaveProperty('laneIsFull');
  });
});

it.each(['unavailable', 'unknown'] as const)(
  'The plan repeats a publish whose outcome is %s, in every mode',
  (kind) => {
    for (const mode of ['reject', 'wait', 'drop'] as const) {
      expect(planSend({ kind, reason: 'no answer' }, state({ mode })).kind).toBe('repeat');
    }
  },
);

it('The plan refuses for good what the store rejects', () => {
  const plan = planSend({ kind: 'rejected', code: 10_074, reason: 'too large' }, state({ mode: 'wait' }));
  expect(plan).toMatchObject({ kind: 'refused', error: { code: 'PARLEY_SEND_REJECTED' } });
});

it('The plan pauses longer from attempt to attempt, at most a quarter of a second, and never beyond the deadline', () => {
  expect([1, 2, 3, 4, 8, 100].map((attempts) => pauseMs(attempts, 10_000))).toEqual([2, 4, 8, 16, 250, 250]);
  expect(pauseMs(8, 30)).toBe(30);
  expect(pauseMs(1, -5)).toBe(1);
});
