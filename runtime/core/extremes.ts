/** Maximum or minimum of any number of values: 150,000 of them as arguments of one call overflow the stack. */

/** @returns `-Infinity` when there are no values */
export function highest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** @returns `Infinity` when there are no values */
export function lowest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value);
  return found;
}
