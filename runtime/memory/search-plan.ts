/** Plans how an index that knows only vectors finds documents with certain metadata. */

export type SearchPlan =
  /** Scans the matching documents, and only these. */
  | { readonly kind: 'scan' }
  /** Asks for `count` nearest of all, then drops those that do not match; scans if too few are left. */
  | { readonly kind: 'filter'; readonly count: number };

/** Up to this share, a scan of the matching documents is as fast as a search, and misses none. */
const selective = 0.05;
/** Matching documents are not spread evenly: asks for this factor more. */
const overFetch = 2;

export function planSearch(all: number, fitting: number, wanted: number): SearchPlan {
  if (fitting <= wanted || fitting <= selective * all) return { kind: 'scan' };
  return { kind: 'filter', count: Math.min(all, Math.ceil((overFetch * wanted * all) / fitting)) };
}
