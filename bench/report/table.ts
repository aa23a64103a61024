/** Formats a plain table: text to the left, numbers to the right. */

export type Cell = string | number | null;

export interface Column {
  readonly title: string;
  /** Decimals of its numbers. */
  readonly decimals?: number;
}

export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => columns.map((column, i) => cellText(row[i] ?? null, column.decimals ?? 0)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const isText = columns.map((_, i) => rows.some((row) => typeof row[i] === 'string'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isText[i] ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...texts.map(line)].join('\n');
}

/** `null` is a value that could not be measured here. */
function cellText(cell: Cell, decimals: number): string {
  if (cell === null) return '-';
  return typeof cell === 'string' ? cell : formatNumber(cell, decimals);
}

export function formatNumber(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
