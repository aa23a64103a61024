/** The lengths of earlier surges show whether a new one is worth an answer. */
import { expect, it } from 'vitest';
import { passingSurge } from '../../../actors/capacity_planner/surges.ts';

/** `.` usual, `#` four times as much. */
const loads = (text: string): readonly number[] => [...text].map((one) => (one === '#' ? 400 : 100));

it.each<[string, string, number]>([
  ['there is no surge', '........', 0],
  ['a surge after two that were over at once', '..#...#....#', 1],
  ['it lasts, as those before did', '..##..#....##', 2],
  ['it lasts longer than an answer takes', '..##..#....###', 0],
  ['one of those before lasted', '..#..###.....#', 0],
  ['only one is known', '....#......#', 0],
  ['it is over', '..#...#....#.', 0],
  ['nothing is known', '', 0],
])('A passing surge is recognised from those before: %s', (_what, text, passing) => {
  expect(passingSurge(loads(text))).toBe(passing);
});

it('A passing surge is not noise, also where the load is usually zero', () => {
  expect(passingSurge([100, 150, 90, 180, 100, 150, 100, 180])).toBe(0);
  expect(passingSurge([0, 1, 0, 900, 0, 2, 0, 900, 0, 3])).toBe(0);
  expect(passingSurge([0, 1, 0, 900, 0, 2, 0, 900, 0, 800])).toBe(1);
});
