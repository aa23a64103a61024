/** Formats rows for people: columns as wide as necessary, the last one unpadded. */
import { highest } from '../core/extremes.ts';
import { printableLine } from '../core/printable.ts';
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows.map((row) => row.map(printableLine))];
  const widths = head.map((_, column) => highest(all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
