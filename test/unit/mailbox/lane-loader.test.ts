import { expect, it } from 'vitest';
import type { StoredMessage } from '../../../runtime/core/delivery.ts';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { LaneLoader, type LaneRead, proofAfterMs } from '../../../runtime/mailbox/lane-loader.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

type Fetch = (subject: string, seqs: readonly number[]) => Promise<readonly StoredMessage[]>;

/** Waits as long as a backoff may. */
const longest = { next: () => 1, bits32: () => 0 };

class LoaderBench {
  readonly clock = new ManualClock();
  readonly warnings: string[] = [];
  /** Subjects of the lanes that were read. */
  readonly done: string[] = [];
  readonly found: number[] = [];
  readonly gone: number[] = [];
  readonly loader: LaneLoader;

  constructor(fetch: Fetch) {
    const log = { ...silentLogger, warn: (_fields: object, text: string) => void this.warnings.push(text) };
    this.loader = new LaneLoader({ fetch: (_, subject, seqs) => fetch(subject, seqs) }, this.clock, longest, log);
  }

  read(subject: string, seqs: readonly number[] = [1], expects: LaneRead['expects'] = () => true): void {
    this.loader.load({
      pool: 'main',
      subject,
      seqs,
      expects,
      done: (found, gone) => {
        this.done.push(subject);
        this.found.push(...found.map(({ seq }) => seq));
        this.gone.push(...gone);
      },
    });
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }
}

const message = (seq: number, storedAt = seq): StoredMessage => ({
  seq,
  subject: 'l',
  payload: new Uint8Array(1),
  storedAt,
});

it('The loader reads at most 32 lanes at a time, the others in their order after them', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const bench = new LoaderBench((subject) => {
    asked.push(subject);
    return new Promise((resolve) => answers.push(() => resolve([message(1)])));
  });
  for (let n = 0; n < 40; n++) bench.read(`l${n}`);
  expect(asked).toHaveLength(32);
  for (const answer of answers.splice(0)) answer();
  await turn();
  expect([asked.slice(32), bench.done.length]).toEqual([['l32', 'l33', 'l34', 'l35', 'l36', 'l37', 'l38', 'l39'], 32]);
});

it('The loader asks again after longer and longer pauses while the store does not answer, and logs that once', async () => {
  let attempts = 0;
  const bench = new LoaderBench(async () => {
    if (++attempts < 4) throw new Error('no answer');
    return [message(1)];
  });
  bench.read('l');
  await turn();
  for (const [passed, wanted] of [
    [250, 2],
    [499, 2],
    [1, 3],
    [1_000, 4],
  ] as const) {
    await bench.pass(passed);
    expect(attempts).toBe(wanted);
  }
  expect([bench.done, bench.clock.pending, bench.warnings.length]).toEqual([['l'], 0, 1]);
});

it('A stopped loader reads nothing, reports no failed read, and leaves no timer behind', async () => {
  let attempts = 0;
  const bench = new LoaderBench(async () => {
    attempts++;
    throw new Error('no answer');
  });
  bench.read('l');
  await turn();
  expect(bench.clock.pending).toBe(1);
  bench.loader.stop();
  bench.read('m');
  await turn();
  expect([attempts, bench.done, bench.clock.pending]).toEqual([1, [], 0]);
});

it('The loader does not take for gone what only the first read missed: the answering replica was behind', async () => {
  const asked: (readonly number[])[] = [];
  const bench = new LoaderBench(async (_, seqs) => {
    asked.push(seqs);
    return (asked.length === 1 ? seqs.filter((seq) => seq !== 2) : seqs).map((seq) => message(seq));
  });
  bench.read('l', [1, 2, 3]);
  await turn();
  expect(bench.done).toEqual([]);
  await bench.pass(proofAfterMs);
  expect([asked, bench.found, bench.gone]).toEqual([[[1, 2, 3], [2]], [1, 2, 3], []]);
});

it('The loader takes for gone what a second, later read does not find either', async () => {
  const bench = new LoaderBench(async (_, seqs) => seqs.filter((seq) => seq % 2 === 0).map((seq) => message(seq)));
  bench.read('l', [1, 2, 3, 4]);
  await bench.pass(0);
  await bench.pass(proofAfterMs - 1);
  expect(bench.done).toEqual([]);
  await bench.pass(1);
  expect([bench.found, bench.gone]).toEqual([
    [2, 4],
    [1, 3],
  ]);
});

it('The loader takes all for gone when both reads find nothing at all', async () => {
  const bench = new LoaderBench(async () => []);
  bench.read('l', [1, 2, 3]);
  await bench.pass(0);
  await bench.pass(proofAfterMs);
  expect([bench.found, bench.gone]).toEqual([[], [1, 2, 3]]);
});

it('The loader draws no conclusion about messages beyond a full answer', async () => {
  const bench = new LoaderBench(async () => [message(1), message(2)]);
  bench.read('l', [1, 2, 3, 4]);
  await turn();
  expect([bench.found, bench.gone]).toEqual([[1, 2], []]);
});

it('The loader does not take another message at the same sequence for the delivered one', async () => {
  const bench = new LoaderBench(async (_, seqs) => seqs.map((seq) => message(seq, seq === 1 ? 100 : seq)));
  bench.read('l', [1, 2], ({ seq, storedAt }) => seq === storedAt);
  await bench.pass(0);
  await bench.pass(proofAfterMs);
  expect([bench.found, bench.gone]).toEqual([[2], [1]]);
});

it('The loader lets other lanes read while it waits for the second proof', async () => {
  const bench = new LoaderBench(async (subject) => (subject === 'other' ? [message(1)] : []));
  for (let n = 0; n < 40; n++) bench.read(`l${n}`);
  bench.read('other');
  await turn();
  expect(bench.done).toEqual(['other']);
});
