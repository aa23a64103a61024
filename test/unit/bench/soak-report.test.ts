import { describe, expect, it } from 'vitest';
import type { Report } from '../../../bench/report/report.ts';
import { type SoakFigures, soakReport } from '../../../bench/report/soak-report.ts';
import { growthOf, type SoakSample } from '../../../bench/soak/growth.ts';
import { progressLine } from '../../../bench/soak/progress.ts';
import { soakSamples } from './soak-samples.ts';

interface Given extends Partial<SoakFigures> {
  readonly minutes?: number;
  readonly sample?: (sample: SoakSample) => SoakSample;
}

function reportOf({ minutes = 2, sample, ...figures }: Given = {}): Report {
  return soakReport({
    minutes,
    ratePerSecond: 100,
    growth: growthOf(soakSamples(minutes, sample), minutes),
    resources: { Timeout: 30, TCPSocketWrap: 2 },
    accepted: 12_000,
    refusals: {},
    dead: 24,
    exits: [0, 0],
    endSeconds: 0.1,
    leftByFirst: 8,
    leftByNext: 0,
    lost: 0,
    ...figures,
  });
}

/** So many bytes of the heap for every intent. */
const keeping =
  (bytes: number) =>
  ({ reading, ...rest }: SoakSample): SoakSample => ({
    ...rest,
    reading: { ...reading, heapUsed: reading.heapUsed + bytes * rest.accepted },
  });

const missed = ({ verdicts }: Report): readonly string[] =>
  verdicts.filter(({ holds }) => !holds).map(({ bound }) => bound.name);

describe('a soak', () => {
  it('A soak without growth and loss keeps every bound', () => {
    const report = reportOf();
    expect(missed(report)).toEqual([]);
    expect(report.remarks?.join('\n')).toMatch(/^no leak found/m);
  });

  it('A soak finds a leak of 100 bytes an intent, with its size', () => {
    const report = reportOf({ sample: keeping(100) });
    expect(missed(report)).toEqual(['heap kept of an intent, lower end']);
    expect(report.remarks?.join('\n')).toMatch(/^leak found: the heap grows by 100\.0 bytes an intent/m);
    expect(report.lines).toEqual([expect.objectContaining({ bench: 'soak', leak: true, kept_bytes_per_intent: 100 })]);
  });

  it.each([
    [24, []],
    [26, ['heap kept of an intent, lower end']],
    [200, ['heap growth, upper end', 'heap kept of an intent, lower end']],
  ])('A soak is judged by the memory that an intent leaves behind: %d bytes', (bytes, expected) => {
    expect(missed(reportOf({ sample: keeping(bytes) }))).toEqual(expected);
  });

  it('A soak is judged by its resident memory when it was long enough', () => {
    const growing = ({ reading, ...rest }: SoakSample): SoakSample => {
      return { ...rest, reading: { ...reading, rss: reading.rss + 2 * 1024 ** 2 * rest.minute } };
    };
    const short = reportOf({ sample: growing, minutes: 14 });
    expect(missed(short)).toEqual([]);
    expect(short.remarks?.join('\n')).toContain('RSS is not judged: 9.0 min were measured');
    expect(missed(reportOf({ sample: growing, minutes: 15 }))).toEqual(['RSS growth, upper end']);
  });

  it('A soak fails on a growing number of descriptors or timers', () => {
    const growing = ({ reading, ...rest }: SoakSample): SoakSample => {
      const grown = Math.round(4 * rest.minute);
      return { ...rest, reading: { ...reading, descriptors: 23 + grown, resources: { Timeout: 30 + grown } } };
    };
    const bounds = ['growth of open file descriptors, lower end', 'growth of active resources, lower end'];
    expect(missed(reportOf({ sample: growing, minutes: 8 }))).toEqual(bounds);
  });

  it.each<[string, Given, string]>([
    ['an intent is lost', { lost: 1 }, 'accepted, and neither archived nor dead'],
    ['something is left', { leftByNext: 3 }, 'left in the store by the next daemon'],
    ['an intent is refused', { refusals: { PARLEY_MAILBOX_FULL: 2 } }, 'refused while the daemon ran'],
    ['the daemon ends with an error', { exits: [1, 0] }, 'exit code after SIGTERM'],
    ['the next daemon does', { exits: [0, 1] }, 'exit code after SIGTERM'],
    ['it has to be killed', { exits: ['SIGKILL', 0] }, 'exit code after SIGTERM'],
  ])('A soak fails when %s', (_what, given, bound) => {
    expect(missed(reportOf(given))).toEqual([bound]);
  });

  it('A soak reports refused intents with their reasons', () => {
    expect(reportOf({ refusals: { PARLEY_MAILBOX_FULL: 2 } }).remarks).toContain(
      'refused while the daemon ran: 2 PARLEY_MAILBOX_FULL',
    );
  });

  it('A soak reports its progress now and then', () => {
    const [first, last] = [soakSamples(2)[14], soakSamples(2)[59]] as [SoakSample, SoakSample];
    expect(progressLine(first, 2, 3)).toMatch(
      /^0\.5 of 2 min, warm-up , 3,000 intents \(3 under way\), heap 16\.00 MiB/,
    );
    expect(progressLine(last, 2, 0)).toMatch(/^2\.0 of 2 min, measured, 12,000 intents .* 32 active resources/);
  });
});
