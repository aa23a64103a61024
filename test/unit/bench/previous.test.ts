import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rateRatios } from '../../../bench/measure/throughput-round.ts';
import { comparisonCells, comparisonColumns, comparisonFields } from '../../../bench/report/throughput-figures.ts';
import { PreviousBuild } from '../../../bench/subjects/previous.ts';

const rounds = (...rates: readonly number[]) =>
  rates.map((intentsPerSecond) => ({ intentsPerSecond, nodeUs: 1, serverUs: null }));

describe('the comparison with another build', () => {
  it('divides round by round', () => {
    expect(rateRatios(rounds(10, 30, 8), rounds(10, 20, 16))).toEqual([1, 1.5, 0.5]);
  });

  it('is not a number where the other build has no such round, or did nothing in it', () => {
    expect(rateRatios(rounds(10, 10), rounds(0))).toEqual([Number.NaN, Number.NaN]);
  });

  it('shows median, lowest and highest ratio, and nothing for a subject without an opponent', () => {
    expect(comparisonCells({ median: 1.0126, min: 0.9, max: 1.1 })).toEqual([1.0126, 0.9, 1.1]);
    expect(comparisonCells(undefined)).toEqual(comparisonColumns.map(() => null));
    expect(comparisonFields({ median: 1.0126, min: 0.9, max: 1.1 })).toEqual({
      by_previous_median: 1.013,
      by_previous_min: 0.9,
      by_previous_max: 1.1,
    });
    expect(comparisonFields(undefined)).toEqual({});
  });
});

describe('a folder that is no build', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-test-previous-'));
    const half = join(folder, 'half/dist-bench/bench/subjects');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'parley.js'), '');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(['.', 'half', 'half/dist-bench', 'is-not-there'])('is refused with what to do: %s', async (name) => {
    const start = PreviousBuild.start(join(folder, name), 'nats://127.0.0.1:1', {});
    await expect(start).rejects.toThrow(/has no build of the bench .*: run "npm ci && npm run bench -- --help" there/);
  });
});
