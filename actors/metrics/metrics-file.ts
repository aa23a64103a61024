/**
 * Reads a recorded series from a CSV file with the header `timestamp,value`.
 *
 * Checks the whole file before any of it is used, so that a fault in line 4,000 does not stop a run in the middle. Refuses a
 * missing value, or a blank line between samples. Accepts missing samples: recorded series have such gaps (of the nine of
 * CloudWatch, three: 300 s steps with one of 3,840 s, eight of 600 s, one of 600 s). Accepts repeated times (one of them has
 * eleven). Both are counted in `irregularities`. Time must not go back.
 */
import { basename } from 'node:path';
import { toIso } from '../../runtime/core/clock.ts';
import { show } from '../../runtime/core/errors.ts';
import { fileLines } from './file-lines.ts';
import { MetricsFileError } from './metrics-file-error.ts';
import { parseRow } from './metrics-row.ts';
import type { Sample } from './sample.ts';
import { irregularitiesOf, type MetricsSeries } from './series.ts';

const header = 'timestamp,value';
/** Five-minute samples of twenty years: about 150 MB in memory. */
const mostSamples = 2_000_000;

/** Reads a file. @throws MetricsFileError */
export async function readMetricsFile(file: string): Promise<MetricsSeries> {
  const samples: Sample[] = [];
  let line = 0;
  let hasHeader = false;
  let blank: number | undefined;
  for await (const text of fileLines(file)) {
    line += 1;
    if (text.trim() === '') {
      blank ??= line;
      continue;
    }
    if (blank !== undefined && hasHeader) {
      throw new MetricsFileError(file, blank, 'a blank line before the end: is a sample missing?');
    }
    if (hasHeader) add(samples, parseRow(text, file, line), file);
    else checkHeader(blank === undefined ? text : '', file);
    hasHeader = true;
  }
  if (!hasHeader) throw new MetricsFileError(file, undefined, 'it is empty');
  if (samples.length === 0) throw new MetricsFileError(file, undefined, 'it has a header, but no samples');
  return { name: basename(file), samples, irregularities: irregularitiesOf(samples) };
}

function checkHeader(text: string, file: string): void {
  const columns = text.split(',').map((column) => column.trim());
  if (columns.join(',') === header) return;
  const found = text === '' ? 'a blank line' : show(text);
  throw new MetricsFileError(file, 1, `the header must be ${show(header)}, but is ${found}`);
}

function add(samples: Sample[], sample: Sample, file: string): void {
  const previous = samples.at(-1);
  if (previous !== undefined && sample.at < previous.at) {
    const fault = `time goes back from ${toIso(previous.at)} to ${toIso(sample.at)}`;
    throw new MetricsFileError(file, sample.line, fault);
  }
  if (samples.length >= mostSamples) {
    throw new MetricsFileError(file, sample.line, `it has more than ${mostSamples} samples: cut it into several files`);
  }
  samples.push(sample);
}
