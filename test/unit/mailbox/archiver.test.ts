import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { type ArchivedIntent, readGroup } from '../../../runtime/mailbox/archive-group.ts';
import { Archiver } from '../../../runtime/mailbox/archiver.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

/** An archive that answers when it is told to. */
class ArchiveBench {
  readonly clock: ManualClock = new ManualClock(0);
  readonly groups: (readonly ArchivedIntent[])[] = [];
  readonly stored: number[] = [];
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  readonly archiver: Archiver = new Archiver({
    clock: this.clock,
    log: silentLogger,
    store: (payload) => {
      this.groups.push(readGroup(payload));
      return new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    },
    stored: (seqs) => void this.stored.push(...seqs),
  });

  add(seq: number, text = `{"n":${seq}}`): void {
    this.archiver.add({ seq, storedAt: seq, attempts: 1, payload: Buffer.from(text) }, 'handled');
  }

  async answer(error?: Error): Promise<void> {
    const waiting = this.#waiting.shift();
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(error);
    await turn();
  }
}

describe('what is finished', () => {
  it('goes to the archive in groups, and is acknowledged when its group is stored', async () => {
    const bench = new ArchiveBench();
    for (const seq of [3, 5, 8]) bench.add(seq);
    bench.clock.advance(10);
    expect(bench.groups).toEqual([
      [3, 5, 8].map((seq) => ({
        v: 1,
        seq,
        outcome: 'handled',
        attempts: 1,
        at: '1970-01-01T00:00:00.000Z',
        intent: { n: seq },
      })),
    ]);
    expect([bench.stored, bench.archiver.pending, bench.archiver.holds(5)]).toEqual([[], 3, true]);
    await bench.answer();
    expect([bench.stored, bench.archiver.pending, bench.archiver.holds(5)]).toEqual([[3, 5, 8], 0, false]);
  });

  it('goes at once while somebody waits for it', async () => {
    const bench = new ArchiveBench();
    bench.add(1);
    bench.archiver.hurry(true);
    expect(bench.groups.map((group) => group.length)).toEqual([1]);
    await bench.answer();
    for (const seq of [2, 3]) bench.add(seq);
    bench.clock.advance(0);
    expect(bench.groups.map((group) => group.length)).toEqual([1, 2]);
    await bench.answer();
    bench.archiver.hurry(false);
    bench.add(4);
    bench.clock.advance(9);
    expect(bench.groups).toHaveLength(2);
  });

  it('is grouped while an earlier group is on its way: one at a time, in order', async () => {
    const bench = new ArchiveBench();
    for (let seq = 1; seq <= 300; seq++) bench.add(seq);
    expect(bench.groups.map((group) => group.length)).toEqual([128]);
    await bench.answer();
    expect(bench.groups.map((group) => group.length)).toEqual([128, 172]);
    await bench.answer();
    expect(bench.stored).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  it('of large intents makes groups that fit a message', async () => {
    const bench = new ArchiveBench();
    for (let seq = 1; seq <= 4; seq++) bench.add(seq, JSON.stringify({ pad: 'é'.repeat(100_000) }));
    await bench.answer();
    await bench.answer();
    expect(bench.stored).toEqual([1, 2, 3, 4]);
    expect(Math.max(...bench.groups.map((group) => JSON.stringify(group).length))).toBeLessThan(600_000);
  });

  it('is offered again until the store takes it', async () => {
    const bench = new ArchiveBench();
    bench.add(1);
    bench.clock.advance(10);
    await bench.answer(new Error('away'));
    expect(bench.stored).toEqual([]);
    bench.clock.advance(1_000);
    await turn();
    await bench.answer();
    expect([bench.groups.length, bench.stored]).toEqual([2, [1]]);
  });

  it('is left for the next owner when the node stops', async () => {
    const bench = new ArchiveBench();
    bench.add(1);
    bench.archiver.stop();
    bench.clock.advance(10_000);
    await turn();
    expect([bench.groups, bench.stored, bench.clock.pending]).toEqual([[], [], 0]);
  });
});
