import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { rateRatios } from '../../../bench/measure/throughput-round.ts';
import { comparisonCells, comparisonColumns, comparisonFields } from '../../../bench/report/throughput-figures.ts';
import { PreviousBuild } from '../../../bench/subjects/previous.ts';

const rounds = (...rates: readonly number[]) =>
  rates.map((intentsPerSecond) => ({ intentsPerSecond, nodeUs: 1, serverUs: null }));

describe('the comparison with another build', () => {
  it('The comparison with another build divides round by round', () => {
    expect(rateRatios(rounds(10, 30, 8), rounds(10, 20, 16))).toEqual([1, 1.5, 0.5]);
  });

  it('The comparison with another build has no number where that build has no such round, or did nothing in it', () => {
    expect(rateRatios(rounds(10, 10), rounds(0))).toEqual([Number.NaN, Number.NaN]);
  });

  it('The comparison with another build shows median, lowest and highest ratio, and nothing for a subject without an opponent', () => {
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

describe('another build', () => {
  const source = (name: string, knows: string): string => `export class ${name} {
    constructor(...given) { this.given = given; }
    run(intents) { return Promise.resolve([this.given[0], this.given[1].mesh, intents]); } // ${knows}
  }`;
  const meshSource =
    'export class ParleyMesh { static start = async (_url, given) => ({ ...given, [Symbol.asyncDispose]: async () => {} }); }';

  /** A build whose class of subjects has this name, in this file. */
  async function buildWith(file: string, text: string): Promise<PreviousBuild> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-test-previous-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const subjects = join(folder, 'dist-bench/bench/subjects');
    await mkdir(subjects, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(subjects, 'parley.js'), meshSource);
    await writeFile(join(subjects, file), text);
    return PreviousBuild.start(folder, 'nats://127.0.0.1:1', {});
  }

  const names = ['parley', 'parley-agents', 'parley-tell'] as const;
  const runsOf = (build: PreviousBuild): Promise<unknown[]> =>
    Promise.all(
      names
        .flatMap((name) => build.opponentOf(name, {} as NatsConnection, 10))
        .map(async ({ name, run }) => [name, await run(5)]),
    );

  it("Today's build has an opponent for every subject", async () => {
    await using build = await buildWith('parley-target.js', source('ParleyTarget', "'parley-tell'"));
    expect(await runsOf(build)).toEqual([
      ['previous', ['parley', 'previous', 5]],
      ['previous-agents', ['parley-agents', 'previous_agents', 5]],
      ['previous-tell', ['parley-tell', 'previous_agents', 5]],
    ]);
  });

  it.each([
    ['parley-contender.js', 'ParleyContender'],
    ['parley-target.js', 'ParleyTarget'],
  ])('A build that cannot send from outside has no opponent for that: %s', async (file, name) => {
    await using build = await buildWith(file, source(name, 'an earlier one'));
    expect((await runsOf(build)).map((run) => (run as [string])[0])).toEqual(['previous', 'previous-agents']);
  });
});

describe('a folder without a build', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-test-previous-'));
    const half = join(folder, 'half/dist-bench/bench/subjects');
    await mkdir(half, { recursive: true });
    await writeFile(join(half, 'parley.js'), '');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(['.', 'half', 'half/dist-bench', 'is-not-there'])(
    'A folder without a build is refused with the next step: %s',
    async (name) => {
      const start = PreviousBuild.start(join(folder, name), 'nats://127.0.0.1:1', {});
      await expect(start).rejects.toThrow(
        /has no build of the bench .*: run "npm ci && npm run bench -- --help" there/,
      );
    },
  );
});
