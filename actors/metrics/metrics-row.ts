/** One row `timestamp,value` of a metrics file. */
import { fromIso, toIso } from '../../runtime/core/clock.ts';
import { show } from '../../runtime/core/errors.ts';
import { keepsValue } from '../../runtime/core/exact-number.ts';
import { MetricsFileError } from './metrics-file-error.ts';
import type { Sample } from './sample.ts';

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** Parses a row. @throws MetricsFileError that names the faulty column */
export function parseRow(text: string, file: string, line: number): Sample {
  const columns = text.split(',').map((column) => column.trim());
  const [timestamp, value] = columns;
  if (timestamp === undefined || value === undefined || columns.length !== 2) {
    throw new MetricsFileError(file, line, `expected two columns, timestamp and value, but found ${show(text)}`);
  }
  const at = parseTime(timestamp);
  if (at === undefined) {
    const rule = 'must be a date and time such as 2014-02-14 14:30:00 or 2014-02-14T14:30:00Z';
    throw new MetricsFileError(file, line, `timestamp ${rule}, but is ${found(timestamp)}`);
  }
  const number = numberPattern.test(value) ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) {
    throw new MetricsFileError(file, line, `value must be a finite number, but is ${found(value)}`);
  }
  if (!keepsValue(value.replace('+', ''), number)) {
    throw new MetricsFileError(file, line, `value has more digits than a number can keep exactly: ${found(value)}`);
  }
  return { at, value: number, line };
}

const found = (text: string): string => (text === '' ? 'missing' : show(text));

/** Returns milliseconds since 1970; a day alone means its midnight, a time without a zone is UTC. */
function parseTime(text: string): number | undefined {
  const day = text.slice(0, 10);
  const midnight = fromIso(`${day}T00:00:00Z`);
  // the parser would accept 30 February as 2 March
  if (midnight === undefined || !toIso(midnight).startsWith(day)) return undefined;
  return dayPattern.test(text) ? midnight : fromIso(text);
}
