import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { EgressGate } from '../../../runtime/mailbox/egress-gate.ts';
import { EgressLimitedError, NodeStoppingError } from '../../../runtime/mailbox/mailbox-errors.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

const never = Number.POSITIVE_INFINITY;

function made(burst = 2): { readonly clock: ManualClock; readonly gate: EgressGate } {
  const clock = new ManualClock();
  return { clock, gate: new EgressGate(clock, { ratePerSecond: 10, burst }) };
}

it('The gate admits at once as many sends as the bucket holds, whatever the mode', () => {
  const { gate } = made(3);
  expect((['reject', 'wait', 'drop'] as const).map((mode) => gate.admit('a', mode, never))).toEqual([true, true, true]);
});

it('The gate has no limit without a rule', () => {
  const gate = new EgressGate(new ManualClock(), undefined);
  expect(
    Array.from({ length: 5_000 }, () => gate.admit('a', 'reject', never)).every((admitted) => admitted === true),
  ).toBe(true);
});

it('The gate refuses in mode "reject", with the time to retry; then there is a token', async () => {
  const { clock, gate } = made(1);
  expect(gate.admit('a', 'reject', never)).toBe(true);
  clock.advance(30);
  const refused = await Promise.resolve()
    .then(() => gate.admit('a', 'reject', never))
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(EgressLimitedError);
  expect(refused).toMatchObject({ code: 'PARLEY_EGRESS_LIMITED', retryAfterMs: 70, retryable: true });
  clock.advance(70);
  expect(gate.admit('a', 'reject', never)).toBe(true);
});

it('The gate drops in mode "drop"', () => {
  const { gate } = made(1);
  expect([gate.admit('a', 'drop', never), gate.admit('a', 'drop', never)]).toEqual([true, false]);
});

it('The gate admits waiting sends in order of arrival, as tokens come', async () => {
  const { clock, gate } = made(1);
  const admitted: number[] = [];
  expect(gate.admit('a', 'wait', never)).toBe(true);
  for (let n = 0; n < 4; n++) void Promise.resolve(gate.admit('a', 'wait', never)).then(() => admitted.push(n));
  for (let n = 1; n <= 4; n++) {
    clock.advance(99);
    await turn();
    expect(admitted).toHaveLength(n - 1);
    clock.advance(1);
    await turn();
    expect(admitted).toHaveLength(n);
  }
  expect([admitted, clock.pending]).toEqual([[0, 1, 2, 3], 0]);
});

it('The gate lets no send overtake waiting ones', async () => {
  const { clock, gate } = made(1);
  expect(gate.admit('a', 'wait', never)).toBe(true);
  const first = gate.admit('a', 'wait', never);
  clock.advance(50);
  expect(() => gate.admit('a', 'reject', never)).toThrow(expect.objectContaining({ retryAfterMs: 150 }));
  expect(gate.admit('a', 'drop', never)).toBe(false);
  clock.advance(50);
  await expect(first).resolves.toBe(true);
});

it('The gate refuses at once a wait that would pass its deadline, counting the sends before it', async () => {
  const { gate } = made(1);
  expect(gate.admit('a', 'wait', never)).toBe(true);
  const inTime = [gate.admit('a', 'wait', 250), gate.admit('a', 'wait', 250)];
  expect(() => gate.admit('a', 'wait', 250)).toThrow(expect.objectContaining({ retryAfterMs: 300 }));
  expect(inTime.every((admitted) => admitted instanceof Promise)).toBe(true);
});

it('The gate gives every agent a bucket of its own', () => {
  const { gate } = made(1);
  expect(['a', 'b', 'a', 'b'].map((name) => gate.admit(name, 'drop', never))).toEqual([true, true, false, false]);
});

it('The gate does not refill a bucket in use, and forgets full ones, however many agents there are', () => {
  const { clock, gate } = made(1);
  expect(gate.admit('kept', 'drop', never)).toBe(true);
  for (let n = 0; n < 5_000; n++) void gate.admit(`a${n}`, 'drop', never);
  expect(gate.admit('kept', 'drop', never)).toBe(false);
  clock.advance(100);
  for (let n = 0; n < 5_000; n++) void gate.admit(`b${n}`, 'drop', never);
  expect(gate.admit('kept', 'drop', never)).toBe(true);
});

it('A closed gate refuses waiting sends, and leaves no timer behind', async () => {
  const { clock, gate } = made(1);
  expect(gate.admit('a', 'wait', never)).toBe(true);
  const waiting = gate.admit('a', 'wait', never);
  gate.close();
  await expect(waiting).rejects.toBeInstanceOf(NodeStoppingError);
  expect(clock.pending).toBe(0);
});

it('A closed gate refuses every send, in every mode', async () => {
  const { clock, gate } = made(1);
  gate.close();
  for (const mode of ['wait', 'reject', 'drop'] as const) {
    expect(() => gate.admit('a', mode, never)).toThrow(NodeStoppingError);
  }
  expect(clock.pending).toBe(0);
});
