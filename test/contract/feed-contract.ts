/** The contract of a feed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MakeRig } from './contract-rig.ts';
import { pool, Workbench } from './workbench.ts';

export function feedContract(make: MakeRig): void {
  describe('a feed', () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = await Workbench.open(make);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('A feed delivers stored messages in order of sequence, with place and lane', async () => {
      const seqs: number[] = [];
      for (let i = 0; i < 6; i++) seqs.push(...(await bench.fill(bench.lane(`s${i % 2}`, 2), `m${i}-`, 1)));
      const { heard } = await bench.feed(64, undefined, 2);
      await bench.hear(heard, 6);
      expect(heard.seqs).toEqual(seqs);
      expect(heard.texts).toEqual(['m0-0', 'm1-0', 'm2-0', 'm3-0', 'm4-0', 'm5-0']);
      expect(heard.deliveries.map(({ subject }) => subject)).toEqual(seqs.map((_, i) => bench.lane(`s${i % 2}`, 2)));
      expect(heard.deliveries[0]).toMatchObject({ pool: pool.pool, partition: 2 });
    });

    it('A feed delivers the bytes as they were published', async () => {
      const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const publication = { pool: pool.pool, subject: bench.lane('s'), messageId: 'm', payload };
      await new Promise((settle) => bench.transport.publish(publication, settle));
      const { heard } = await bench.feed();
      await bench.hear(heard, 1);
      expect([...(heard.deliveries[0]?.payload ?? [])]).toEqual([...payload]);
    });

    it('A feed reports when the store took a message: in order, and equally to every owner', async () => {
      await bench.fill(bench.lane('s'), 'm', 4);
      const first = await bench.feed();
      await bench.hear(first.heard, 4);
      const second = await bench.feed();
      await bench.hear(second.heard, 4);
      const times = first.heard.deliveries.map(({ storedAt }) => storedAt);
      expect(times[0]).toBeGreaterThan(1_600_000_000_000);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(second.heard.deliveries.map(({ storedAt }) => storedAt)).toEqual(times);
    });

    it('A feed delivers messages stored after it was opened', async () => {
      const { heard } = await bench.feed();
      await bench.fill(bench.lane('s'), 'm', 3);
      await bench.hear(heard, 3);
      expect(heard.texts).toEqual(['m0', 'm1', 'm2']);
    });

    it('A feed delivers only its own partition', async () => {
      await bench.fill(bench.lane('s', 0), 'zero-', 2);
      await bench.fill(bench.lane('s', 1), 'one-', 2);
      const { heard } = await bench.feed(64, undefined, 1);
      await bench.hear(heard, 2);
      expect(heard.texts).toEqual(['one-0', 'one-1']);
    });

    it('A feed delivers to two partitions without breaking either', async () => {
      const zero = await bench.feed(64, undefined, 0);
      const one = await bench.feed(64, undefined, 1);
      await bench.fill(bench.lane('s', 0), 'zero-', 1);
      await bench.fill(bench.lane('s', 1), 'one-', 1);
      await bench.hear(zero.heard, 1);
      await bench.hear(one.heard, 1);
      expect([zero.heard.texts, one.heard.texts]).toEqual([['zero-0'], ['one-0']]);
      expect([...zero.heard.breaks, ...one.heard.breaks]).toEqual([]);
    });

    it('A feed delivers far more than one window, in order', async () => {
      const lanes = Array.from({ length: 40 }, (_, i) => bench.lane(`s${i}`));
      for (const [i, lane] of lanes.entries()) await bench.fill(lane, `m${i}-`, pool.laneCapacity);
      const { heard } = await bench.feed(8);
      await bench.hear(heard, 200);
      expect(heard.seqs).toHaveLength(200);
      expect(heard.seqs).toEqual([...heard.seqs].sort((a, b) => a - b));
    });

    it('A feed delivers nothing beyond its window', async () => {
      await bench.fill(bench.lane('s'), 'm', 3);
      const { feed, heard } = await bench.feed(0);
      await bench.rig.settle();
      expect(heard.texts).toEqual([]);
      feed.window(64);
      await bench.hear(heard, 3);
      expect(heard.texts).toEqual(['m0', 'm1', 'm2']);
    });

    it('A feed with window 0 delivers only what was requested before, and later resumes without a gap', async () => {
      for (let i = 0; i < 8; i++) await bench.fill(bench.lane(`s${i}`), `m${i}-`, pool.laneCapacity);
      const { feed, heard } = await bench.feed(0);
      let stopped = false;
      const deliver = heard.deliver.bind(heard);
      heard.deliver = (delivery) => {
        deliver(delivery);
        if (heard.deliveries.length === 4 && !stopped) {
          stopped = true;
          feed.window(0);
        }
      };
      feed.window(4);
      await bench.hear(heard, 4);
      expect(heard.seqs.length).toBeLessThanOrEqual(4 + 4 + 1);
      feed.window(64);
      await bench.hear(heard, 40);
      expect(heard.seqs).toHaveLength(40);
      expect(heard.seqs).toEqual([...heard.seqs].sort((a, b) => a - b));
    });

    it('A feed is caught up once it has delivered everything stored before it opened: at once in an empty store', async () => {
      const empty = await bench.feed(0);
      expect(empty.feed.isCaughtUp).toBe(true);
      await bench.fill(bench.lane('s'), 'm', 3);
      const late = await bench.feed(0);
      expect([empty.feed.isCaughtUp, late.feed.isCaughtUp]).toEqual([true, false]);
      late.feed.window(2);
      await bench.hear(late.heard, 2);
      for (const { seq } of late.heard.deliveries) await late.feed.ackConfirmed(seq);
      late.feed.window(4);
      await bench.hear(late.heard, 3);
      expect(late.feed.isCaughtUp).toBe(true);
    });

    it('A feed does not count messages that an earlier feed acknowledged', async () => {
      const seqs = await bench.fill(bench.lane('s'), 'm', 3);
      const first = await bench.feed();
      await bench.hear(first.heard, 3);
      for (const seq of seqs.slice(0, 2)) await first.feed.ackConfirmed(seq);
      const second = await bench.feed(0);
      expect(second.feed.isCaughtUp).toBe(false);
      await second.feed.close();
      const third = await bench.feed();
      await bench.hear(third.heard, 1);
      expect([third.heard.texts, third.feed.isCaughtUp]).toEqual([['m2'], true]);
      await third.feed.ackConfirmed(seqs[2] ?? 0);
      expect((await bench.feed(0)).feed.isCaughtUp).toBe(true);
    });

    it('A closed feed stops, and leaves undelivered messages to the next feed', async () => {
      await bench.fill(bench.lane('s'), 'm', 4);
      const first = await bench.feed();
      await bench.hear(first.heard, 4);
      await first.feed.ackConfirmed(first.heard.seqs[0] ?? 0);
      await first.feed.close();
      await first.feed.close();
      await bench.fill(bench.lane('other'), 'late', 1);
      await bench.rig.settle();
      expect(first.heard.texts).toHaveLength(4);
      expect(first.heard.breaks).toEqual([]);
      const second = await bench.feed(64, await bench.rig.connect());
      await bench.hear(second.heard, 4);
      expect(second.heard.texts).toEqual(['m1', 'm2', 'm3', 'late0']);
    });
  });
}
