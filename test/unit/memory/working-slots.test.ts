import { expect, it } from 'vitest';
import { workingLimits } from '../../../runtime/memory/working-memory.ts';
import { decodeSlots, dropped, encodeSlots, live, without, withSlot } from '../../../runtime/memory/working-slots.ts';

const slot = (key: string, mark = key, expires_at = 100) => ({ key, mark, expires_at });

it('A new slot is the newest, and takes the place of the one before', () => {
  expect(withSlot([slot('a'), slot('b')], slot('a', 'new'))).toEqual([slot('b'), slot('a', 'new')]);
});

it('The oldest slots are evicted beyond the bound', () => {
  const full = Array.from({ length: workingLimits.entries }, (_, n) => slot(`k${n}`));
  const next = withSlot(full, slot('new'));
  expect(next).toHaveLength(workingLimits.entries);
  expect(dropped(full, next)).toEqual([slot('k0')]);
});

it('A slot expires at its time, not before', () => {
  expect(live([slot('a', 'a', 99), slot('b', 'b', 100), slot('c', 'c', 101)], 100)).toEqual([slot('c', 'c', 101)]);
});

it('Replaced and omitted slots are dropped, others stay', () => {
  const before = [slot('a'), slot('b'), slot('c')];
  expect(dropped(before, withSlot(without(before, 'b'), slot('c', 'new')))).toEqual([slot('b'), slot('c')]);
});

it('The slots are read as they were written', () => {
  expect(decodeSlots(encodeSlots([slot('a'), slot('b')], 'mark'))).toEqual([slot('a'), slot('b')]);
});
