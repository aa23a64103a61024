/** Finds the known name that a misspelt one stands for. */

/** Longer names are not compared: they are hardly misspelt names, and the time grows with the square of their length. */
const longestName = 64;

/**
 * Finds the name with the fewest edits (a letter added, left out, replaced, or two swapped; case counts nothing).
 * @returns `undefined` where more than a third of the longer name would have to change
 */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  if (given.length > longestName) return undefined;
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const edits = editsBetween(given.toLowerCase(), name.toLowerCase());
    if (edits >= fewest || edits > Math.max(given.length, name.length) / 3) continue;
    nearest = name;
    fewest = edits;
  }
  return nearest;
}

/** Says what is unknown, and which name was probably meant, or else which ones there are. */
export function unknownName(
  what: 'option' | 'field' | 'service',
  name: string,
  of: string,
  known: Iterable<string>,
): string {
  const nearest = nearestName(name, known);
  const help = nearest === undefined ? `it takes ${[...known].join(', ')}` : `did you mean "${nearest}"?`;
  return `unknown ${what} "${name.slice(0, longestName)}" of ${of}: ${help}`;
}

/** Optimal string alignment distance: https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance. */
function editsBetween(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
