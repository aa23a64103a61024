/** The highest and the lowest of any number of values: as arguments of a call, 150,000 of them are too many for the stack. */

/** @returns `-Infinity` of none */
export function highest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) found = Math.max(found, value);
  return found;
}

/** @returns `Infinity` of none */
export function lowest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value);
  return found;
}
