import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetricsFile } from '../../../actors/metrics/metrics-file.ts';
import { MetricsFileError } from '../../../actors/metrics/metrics-file-error.ts';
import type { MetricsSeries } from '../../../actors/metrics/series.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-metrics-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array): Promise<MetricsSeries> {
  const file = join(folder, 'series.csv');
  await writeFile(file, content);
  return readMetricsFile(file);
}

async function refusal(reading: Promise<unknown>): Promise<MetricsFileError> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MetricsFileError);
  return error as MetricsFileError;
}

const head = 'timestamp,value\n';
const at = Date.UTC(2014, 1, 14, 14, 30);

describe('a metrics file is read', () => {
  const rows = '2014-02-14 14:30:00,1.5\n2014-02-14 14:35:00,2\n';
  const samples = [
    { at, value: 1.5, line: 2 },
    { at: at + 300_000, value: 2, line: 3 },
  ];

  it.each([
    ['as recorded', head + rows],
    ['with CRLF', (head + rows).replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${head}${rows}`],
    ['without a newline at its end', (head + rows).trimEnd()],
    ['with blank lines at its end', `${head}${rows}\n  \r\n\n`],
    ['with blanks around its fields', 'timestamp, value\n 2014-02-14 14:30:00 , 1.5\n2014-02-14 14:35:00,2 \n'],
    ['with ISO 8601 times', `${head}2014-02-14T14:30:00Z,1.5\n2014-02-14T15:35:00.000+01:00,2\n`],
  ])('A metrics file is read: %s', async (_, content) => {
    expect((await read(content)).samples).toEqual(samples);
  });

  it('A metrics file with days for times is read', async () => {
    expect((await read(`${head}2014-02-14,1\n2014-02-15,2\n`)).samples.map((s) => s.at % 86_400_000)).toEqual([0, 0]);
  });

  it.each([['-3'], ['+4.'], ['.5'], ['1e3'], ['8.28542E+06'], ['0']])(
    'A metrics file with the number %s is read',
    async (text) => {
      expect((await read(`${head}2014-02-14 14:30:00,${text}\n`)).samples[0]?.value).toBe(Number(text));
    },
  );

  it('A metrics file is read across the pieces of its stream', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `${new Date(at + i * 60_000).toISOString()},${i}`);
    const series = await read(head + many.join('\r\n'));
    expect(series.samples).toHaveLength(20_000);
    expect(series.samples.every((sample, i) => sample.value === i && sample.line === i + 2)).toBe(true);
  });

  it('A metrics file with gaps in time and repeated times is read, and they are counted', async () => {
    const minutes = [0, 5, 10, 10, 15, 20, 31, 36, 96, 101];
    const rows = minutes.map((minute) => `${new Date(at + minute * 60_000).toISOString()},1`);
    const { irregularities } = await read(head + rows.join('\n'));
    expect(irregularities).toEqual({ gaps: 2, longestGap: { ms: 3_600_000, line: 10 }, repeated: 1 });
  });
});

describe('a metrics file is refused', () => {
  const good = '2014-02-14 14:30:00,1\n';

  it.each<[string, string, number | undefined, string]>([
    ['empty', '', undefined, 'it is empty'],
    ['only a byte order mark', '\uFEFF', undefined, 'it is empty'],
    ['only blank lines', '\n\r\n', undefined, 'it is empty'],
    ['only a header', head, undefined, 'no samples'],
    ['with another header', `time,cpu\n${good}`, 1, 'must be "timestamp,value", but is "time,cpu"'],
    ['without a header', good, 1, 'but is "2014-02-14 14:30:00,1"'],
    ['with a blank line for a header', `\n${head}${good}`, 1, 'but is a blank line'],
    ['with one column', `${head}${good}2014-02-14 14:35:00\n`, 3, 'two columns'],
    ['with three columns', `${head}${good}2014-02-14 14:35:00,1,5\n`, 3, 'two columns'],
    ['without a value', `${head}${good}2014-02-14 14:35:00,\n`, 3, 'value must be a finite number, but is missing'],
    ['without a time', `${head}${good},1\n`, 3, 'but is missing'],
    ['with text for a number', `${head}${good}2014-02-14 14:35:00,high\n`, 3, 'but is "high"'],
    ['with a number and a unit', `${head}${good}2014-02-14 14:35:00,12 %\n`, 3, 'but is "12 %"'],
    ['with a hexadecimal number', `${head}${good}2014-02-14 14:35:00,0x10\n`, 3, 'but is "0x10"'],
    ['with NaN', `${head}${good}2014-02-14 14:35:00,NaN\n`, 3, 'but is "NaN"'],
    ['with Infinity', `${head}${good}2014-02-14 14:35:00,Infinity\n`, 3, 'but is "Infinity"'],
    ['with a number too large', `${head}${good}2014-02-14 14:35:00,1e999\n`, 3, 'but is "1e999"'],
    [
      'with a whole number that would be rounded',
      `${head}${good}2014-02-14 14:35:00,9007199254740993\n`,
      3,
      'more digits than',
    ],
    ['with a number that would become 0', `${head}${good}2014-02-14 14:35:00,1e-999\n`, 3, 'more digits than'],
    ['with text for a time', `${head}${good}yesterday,1\n`, 3, 'but is "yesterday"'],
    ['with a time that does not exist', `${head}2014-02-30 10:00:00,1\n`, 2, 'but is "2014-02-30 10:00:00"'],
    [
      'with time going back',
      `${head}${good}2014-02-14 14:25:00,1\n`,
      3,
      'time goes back from 2014-02-14T14:30:00.000Z',
    ],
    ['with a blank line in the middle', `${head}${good}\n2014-02-14 14:40:00,1\n`, 3, 'a blank line'],
    ['with a blank line after the header', `${head}\n${good}`, 2, 'a blank line'],
    ['with endless lines', 'x'.repeat(200_000), 1, 'is this a CSV file?'],
  ])('A metrics file is refused: %s', async (_, content, line, fault) => {
    const error = await refusal(read(content));
    expect(error).toMatchObject({
      code: 'PARLEY_METRICS_FILE',
      file: join(folder, 'series.csv'),
      line,
      retryable: false,
    });
    expect(error.message).toContain(fault);
    if (line !== undefined) expect(error.message).toContain(`line ${line}`);
  });

  it('A missing metrics file is refused', async () => {
    expect((await refusal(readMetricsFile(join(folder, 'none.csv')))).message).toContain('there is no such file');
  });

  it('A directory is refused as a metrics file', async () => {
    expect((await refusal(readMetricsFile(folder))).message).toContain('it is a directory');
  });

  it('A name that no file can have is refused as a metrics file', async () => {
    expect((await refusal(readMetricsFile('a\0b'))).line).toBeUndefined();
  });

  it.each([
    ['with a mark', Buffer.from(`\uFEFF${head}${good}`, 'utf16le')],
    ['without', Buffer.from(`${head}${good}`, 'utf16le')],
    ['big-endian', Buffer.from(`\uFEFF${head}${good}`, 'utf16le').swap16()],
  ])('A metrics file in UTF-16, %s, is refused', async (_name, content) => {
    expect((await refusal(read(content))).message).toContain('line 1: it is UTF-16: save it as UTF-8');
  });

  it('A binary metrics file is refused', async () => {
    expect((await refusal(read(Uint8Array.from([0xff, 0xfe, 0, 1, 2])))).line).toBe(1);
  });
});
