import { expect, it } from 'vitest';
import { planSearch } from '../../../runtime/memory/search-plan.ts';

it.each([
  ['nothing fits', 1_000, 0, 5, { kind: 'scan' }],
  ['no more fit than are wanted', 1_000, 5, 5, { kind: 'scan' }],
  ['one in twenty fits', 1_000, 50, 5, { kind: 'scan' }],
  ['one in ten fits', 1_000, 100, 5, { kind: 'filter', count: 100 }],
  ['half of them fit', 1_000, 500, 5, { kind: 'filter', count: 20 }],
  ['all of them fit', 1_000, 1_000, 5, { kind: 'filter', count: 10 }],
  ['hardly more than are wanted', 10, 6, 5, { kind: 'filter', count: 10 }],
] as const)('A search is planned when %s', (_, all, fitting, wanted, plan) => {
  expect(planSearch(all, fitting, wanted)).toEqual(plan);
});
