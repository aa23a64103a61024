/** Prints the progress of a soak from time to time: half an hour is a long wait. */
import { formatNumber } from '../report/table.ts';
import { activeIn, type SoakSample, warmUpOf } from './growth.ts';

/** Samples between two lines. */
const every = 15;
const MiB = 1024 ** 2;

export function sayProgress(sample: SoakSample, taken: number, minutes: number, unfinished: number): void {
  if (taken % every === 0) process.stderr.write(`${progressLine(sample, minutes, unfinished)}\n`);
}

export function progressLine(sample: SoakSample, minutes: number, unfinished: number): string {
  const { minute, accepted, reading, activations } = sample;
  const phase = minute < warmUpOf(minutes) ? 'warm-up ' : 'measured';
  const parts = [
    `${formatNumber(minute, 1)} of ${minutes} min, ${phase}`,
    `${formatNumber(accepted, 0)} intents (${unfinished} under way)`,
    `heap ${formatNumber(reading.heapUsed / MiB, 2)} MiB`,
    `external ${formatNumber(reading.external / MiB, 2)} MiB`,
    `RSS ${formatNumber(reading.rss / MiB, 0)} MiB`,
    `${reading.descriptors ?? '-'} descriptors`,
    `${activeIn(reading)} active resources`,
    `${activations} agents in memory`,
  ];
  return parts.join(', ');
}
