import { expect, it } from 'vitest';
import { workingLimits } from '../../../runtime/memory/working-memory.ts';
import { decodeSlots, dropped, encodeSlots, live, without, withSlot } from '../../../runtime/memory/working-slots.ts';

const slot = (key: string, mark = key, expires_at = 100) => ({ key, mark, expires_at });

it('a new slot is the newest, and takes the place of the one before', () => {
  expect(withSlot([slot('a'), slot('b')], slot('a', 'new'))).toEqual([slot('b'), slot('a', 'new')]);
});

it('the oldest go beyond the bound', () => {
  const full = Array.from({ length: workingLimits.entries }, (_, n) => slot(`k${n}`));
  const next = withSlot(full, slot('new'));
  expect(next).toHaveLength(workingLimits.entries);
  expect(dropped(full, next)).toEqual([slot('k0')]);
});

it('a slot is over at its time, not before', () => {
  expect(live([slot('a', 'a', 99), slot('b', 'b', 100), slot('c', 'c', 101)], 100)).toEqual([slot('c', 'c', 101)]);
});

it('what is replaced or left out is dropped, what stays is not', () => {
  const before = [slot('a'), slot('b'), slot('c')];
  expect(dropped(before, withSlot(without(before, 'b'), slot('c', 'new')))).toEqual([slot('b'), slot('c')]);
});

it('is read as it was written', () => {
  expect(decodeSlots(encodeSlots([slot('a'), slot('b')], 'mark'))).toEqual([slot('a'), slot('b')]);
});
