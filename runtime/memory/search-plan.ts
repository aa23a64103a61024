/** How documents with certain metadata are found by an index that knows vectors only. */

export type SearchPlan =
  /** Only these are looked at, all of them. */
  | { readonly kind: 'scan' }
  /** So many of the nearest of all are asked for, and those that do not fit are left out; a scan, if too few are left. */
  | { readonly kind: 'filter'; readonly count: number };

/** At one in twenty a scan of those that fit is as fast as a search, and misses none. */
const selective = 0.05;
/** Those that fit are not spread evenly. */
const overFetch = 2;

export function planSearch(all: number, fitting: number, wanted: number): SearchPlan {
  if (fitting <= wanted || fitting <= selective * all) return { kind: 'scan' };
  return { kind: 'filter', count: Math.min(all, Math.ceil((overFetch * wanted * all) / fitting)) };
}
