/** Files of recorded metrics, and the steady series that a simulated cloud replays. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMetricsFile } from '../../../actors/metrics/metrics-file.ts';
import { steadySeries } from '../../../actors/metrics/steady-series.ts';
import { bare, between, type Door, DoorFault } from '../door.ts';
import { checkTyped } from '../typed-error.ts';

const rows = Array.from({ length: 12 }, (_, n) => `2014-02-14 14:${String(n * 5).padStart(2, '0')}:00,${n * 1.5}`);
const stepMs = 300_000;
const mostSteps = 10_000;

export function metricsDoor(folder: string): Door {
  const file = join(folder, 'metrics.csv');
  return {
    name: 'metrics',
    parallel: 1,
    examples: [
      Buffer.from(`timestamp,value\n${rows.join('\n')}\n`),
      Buffer.from('timestamp,value\r\n2014-02-14T14:30:00Z,1e3\r\n2014-02-14,\t-0.5\r\n'),
    ],
    frames: [bare, between('timestamp,value\n', '\n'), between('timestamp,value\n2014-02-14 14:30:00,', '\n')],
    async attempt(input) {
      await writeFile(file, input);
      try {
        const series = await readMetricsFile(file);
        const { values } = steadySeries(series, stepMs, mostSteps, mostSteps);
        if (!values.every(Number.isFinite)) throw new DoorFault('a series has values that are no numbers');
      } catch (error) {
        if (error instanceof DoorFault) throw error;
        checkTyped(error);
      }
    },
  };
}
