import { expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { type ArchivedIntent, groupBytes, readGroup } from '../../../runtime/mailbox/archive-group.ts';
import { type ArchiveAnswer, Archiver } from '../../../runtime/mailbox/archiver.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';
import { laneOf } from '../../support/lanes.ts';

const refused = (retryable: boolean, text = 'no permission'): Error => Object.assign(new Error(text), { retryable });

/** An archive that answers when it is told to. */
class ArchiveBench {
  readonly clock: ManualClock = new ManualClock(0);
  readonly groups: (readonly ArchivedIntent[])[] = [];
  readonly sizes: number[] = [];
  readonly stored: number[] = [];
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  maxBytes = 1_000_000;
  /** Bytes that wait for the archive. */
  waiting = 0;
  noteFails: Error | undefined;
  readonly #open: { readonly resolve: (answer: ArchiveAnswer) => void; readonly reject: (error: Error) => void }[] = [];
  readonly archiver: Archiver = new Archiver({
    clock: this.clock,
    random: { next: () => 1, bits32: () => 0 },
    log: { ...silentLogger, warn: (_fields, text) => void this.warnings.push(text) },
    maxBytes: () => this.maxBytes,
    store: (payload) => {
      this.groups.push(readGroup(payload));
      this.sizes.push(payload.length);
      return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
    },
    note: async (group, reason) => {
      if (this.noteFails !== undefined) throw this.noteFails;
      const seqs = readGroup(group.payload).map(({ seq }) => seq);
      this.notes.push(...seqs.map((seq, n) => `${seq} ${group.subjects[n]?.split('.').at(-2)}: ${reason}`));
    },
    stored: (seqs) => void this.stored.push(...seqs),
    waiting: (bytes) => {
      this.waiting += bytes;
    },
  });

  add(seq: number, text = `{"n":${seq}}`, from = 'client/c'): void {
    const held = { seq, storedAt: seq, attempts: 1, payload: Buffer.from(text) };
    this.archiver.add(laneOf(from), held, 'handled');
  }

  async answer(answer: ArchiveAnswer | Error = 'stored'): Promise<void> {
    const open = this.#open.shift();
    if (answer instanceof Error) open?.reject(answer);
    else open?.resolve(answer);
    await turn();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }
}

const intentOf = (bytes: number): string => JSON.stringify({ pad: 'x'.repeat(bytes) });

it('The archiver archives finished intents in groups, and acknowledges a group when it is stored', async () => {
  const bench = new ArchiveBench();
  for (const seq of [3, 5, 8]) bench.add(seq);
  bench.clock.advance(10);
  const at = '1970-01-01T00:00:00.000Z';
  const line = (seq: number) => ({ v: 1, seq, outcome: 'handled', attempts: 1, at, intent: { n: seq } });
  expect(bench.groups).toEqual([[3, 5, 8].map(line)]);
  expect([bench.stored, bench.archiver.pending]).toEqual([[], 3]);
  await bench.answer();
  expect([bench.stored, bench.archiver.pending, bench.waiting]).toEqual([[3, 5, 8], 0, 0]);
});

it('The archiver archives at once while a caller waits for it', async () => {
  const bench = new ArchiveBench();
  bench.add(1);
  bench.archiver.setEager(true);
  expect(bench.groups.map((group) => group.length)).toEqual([1]);
  await bench.answer();
  for (const seq of [2, 3]) bench.add(seq);
  bench.clock.advance(0);
  expect(bench.groups.map((group) => group.length)).toEqual([1, 2]);
  await bench.answer();
  bench.archiver.setEager(false);
  bench.add(4);
  bench.clock.advance(9);
  expect(bench.groups).toHaveLength(2);
});

it('The archiver gathers small intents while a group is on its way: one group at a time, in order', async () => {
  const bench = new ArchiveBench();
  for (let seq = 1; seq <= 300; seq++) bench.add(seq);
  expect(bench.groups.map((group) => group.length)).toEqual([128]);
  await bench.answer();
  expect(bench.groups.map((group) => group.length)).toEqual([128, 172]);
  await bench.answer();
  expect(bench.stored).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
});

it.each([
  [60, 200_000, 1_000_000],
  [200, 20_000, 65_000],
  [1_000, 100, 3_800],
  [40, 250_000, 8_000_000],
])(
  'The archiver bounds groups while one is on its way: %i intents of %i bytes, records of %i',
  async (count, bytes, maxBytes) => {
    const bench = new ArchiveBench();
    bench.maxBytes = maxBytes;
    // the first group was begun when the server took more
    bench.add(1_000_000);
    await bench.pass(10);
    await bench.answer();
    for (let seq = 1; seq <= count; seq++) bench.add(seq, intentOf(bytes));
    for (let n = 0; bench.archiver.pending > 0 && n < count; n++) await bench.pass(10).then(() => bench.answer());
    expect(bench.stored.slice(1)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
    expect(Math.max(...bench.sizes)).toBeLessThanOrEqual(Math.min(maxBytes, groupBytes));
    expect(bench.waiting).toBe(0);
  },
);

it('The archiver counts the bytes that wait for the archive, with the group on its way', () => {
  const bench = new ArchiveBench();
  for (let seq = 1; seq <= 10; seq++) bench.add(seq, intentOf(100_000));
  expect(bench.waiting).toBeGreaterThan(1_000_000);
  bench.archiver.stop();
  expect(bench.waiting).toBe(0);
});

it('The archiver offers a group again until the archive accepts it, after longer and longer pauses, and logs that once', async () => {
  const bench = new ArchiveBench();
  bench.add(1);
  bench.clock.advance(10);
  const pauses: number[] = [];
  for (let n = 0; n < 8; n++) {
    await bench.answer(new Error('away'));
    pauses.push(bench.clock.nextIn() ?? 0);
    await bench.pass(bench.clock.nextIn() ?? 0);
  }
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect([bench.stored, bench.warnings.length, bench.archiver.stalledMs]).toEqual([[], 1, 35_750]);
  expect(bench.archiver.obstacle).toBe('away');
  await bench.answer();
  expect([bench.stored, bench.archiver.stalledMs, bench.archiver.obstacle]).toEqual([[1], 0, undefined]);
});

it('The archiver halves a group that the archive finds too large, in order, and notes the intent that is too large alone', async () => {
  const bench = new ArchiveBench();
  for (let seq = 1; seq <= 5; seq++)
    bench.add(seq, intentOf(seq === 3 ? 5_000 : 10), seq === 3 ? 'client/large' : 'client/c');
  bench.clock.advance(10);
  for (let n = 0; bench.archiver.pending > 0 && n < 20; n++) {
    await bench.answer((bench.sizes.at(-1) ?? 0) > 4_000 ? 'too_large' : 'stored');
  }
  expect(bench.stored).toEqual([1, 2, 3, 4, 5]);
  expect(bench.notes).toEqual([expect.stringMatching(/^3 large: larger than the 1000000 bytes/)]);
  expect([bench.archiver.pending, bench.waiting]).toEqual([0, 0]);
});

it('The archiver waits a while for an archive that refuses for good, then notes and acknowledges; each later group is tried once', async () => {
  const bench = new ArchiveBench();
  bench.add(1);
  bench.clock.advance(10);
  for (let n = 0; bench.notes.length === 0 && n < 20; n++) {
    await bench.answer(refused(false));
    await bench.pass(bench.notes.length === 0 ? (bench.clock.nextIn() ?? 0) : 0);
  }
  expect([bench.clock.monotonic() >= 5_000, bench.stored, bench.notes]).toEqual([true, [1], ['1 c: no permission']]);
  const tries = bench.groups.length;
  bench.add(2);
  await bench.pass(10);
  await bench.answer(refused(false));
  expect([bench.groups.length - tries, bench.notes.length, bench.warnings.length]).toEqual([1, 2, 1]);
  bench.add(3);
  await bench.pass(10);
  await bench.answer();
  expect([bench.stored, bench.notes.length, bench.archiver.obstacle]).toEqual([[1, 2, 3], 2, undefined]);
});

it('The archiver notes nothing for an archive that refuses only for a while', async () => {
  const bench = new ArchiveBench();
  bench.add(1);
  bench.clock.advance(10);
  for (let n = 0; n < 10; n++) {
    await bench.answer(refused(true));
    await bench.pass(bench.clock.nextIn() ?? 0);
  }
  expect([bench.notes, bench.stored]).toEqual([[], []]);
});

it('The archiver keeps an intent that it can neither archive nor note while that may pass, and gives it up when it does not', async () => {
  for (const passes of [true, false]) {
    const bench = new ArchiveBench();
    bench.noteFails = refused(passes, 'no dead letters');
    bench.add(1);
    bench.clock.advance(10);
    await bench.answer('too_large');
    await bench.pass(60_000);
    expect(bench.stored).toEqual(passes ? [] : [1]);
    bench.noteFails = undefined;
    await bench.pass(60_000);
    expect([bench.stored, bench.notes.length]).toEqual([[1], passes ? 1 : 0]);
  }
});

it('The archiver acknowledges nothing that the store lost meanwhile, on its way or not', async () => {
  const bench = new ArchiveBench();
  for (const seq of [1, 2]) bench.add(seq);
  bench.clock.advance(10);
  for (const seq of [3, 4]) bench.add(seq);
  bench.archiver.lose(2);
  bench.add(2, '{"n":"new"}');
  await bench.answer();
  await bench.answer();
  expect(bench.groups.flat().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 2]);
  expect(bench.stored).toEqual([1, 2]);
});

it('The archiver writes an intent on one line, however its sender wrote it', async () => {
  const bench = new ArchiveBench();
  bench.add(1, '{\n  "a": "b\\nc",\r\n  "d": [\n1]\n}\n');
  bench.clock.advance(10);
  expect(bench.groups[0]?.map(({ intent }) => intent)).toEqual([{ a: 'b\nc', d: [1] }]);
});

it('The archiver leaves unstored intents to the next owner when the node stops', async () => {
  const bench = new ArchiveBench();
  bench.add(1);
  bench.archiver.stop();
  bench.clock.advance(10_000);
  await turn();
  expect([bench.groups, bench.stored, bench.clock.pending]).toEqual([[], [], 0]);
});
