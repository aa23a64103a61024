/** The contract of ownership: one consumer per partition, fenced by its epoch. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  NotDeliveredError,
  StaleEpochError,
  type Transport,
  TransportUnavailableError,
} from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { pool, Workbench } from './workbench.ts';

export function ownershipContract(make: MakeRig): void {
  describe('ownership', () => {
    let bench: Workbench;
    let other: Transport;
    beforeEach(async () => {
      bench = await Workbench.open(make);
      other = await bench.rig.connect();
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    describe('a partition that changes hands', () => {
      it('A partition that changes hands gives its next owner the unacknowledged messages, in order, and nothing else', async () => {
        const seqs = await bench.fill(bench.lane('s'), 'm', 5);
        const first = await bench.feed();
        await bench.hear(first.heard, 5);
        first.feed.ack(seqs[0] ?? 0);
        await first.feed.ackConfirmed(seqs[2] ?? 0);
        const second = await bench.feed(64, other);
        await bench.hear(second.heard, 3);
        expect(second.heard.texts).toEqual(['m1', 'm3', 'm4']);
      });

      it('The former owner of a partition learns once that its consumer is deleted, and receives nothing more', async () => {
        await bench.fill(bench.lane('s'), 'before', 1);
        const first = await bench.feed();
        await bench.hear(first.heard, 1);
        const second = await bench.feed(64, other);
        await bench.rig.until('the first feed breaks', () => first.heard.breaks.length > 0);
        await bench.fill(bench.lane('s'), 'after', 2);
        await bench.hear(second.heard, 3);
        expect(first.heard.breaks).toEqual(['deleted']);
        expect(first.heard.texts).toEqual(['before0']);
        expect(second.heard.texts).toEqual(['before0', 'after0', 'after1']);
      });

      it('A former owner learns of its loss even when it had requested nothing', async () => {
        const first = await bench.feed(0);
        await bench.feed(64, other);
        await bench.rig.until('the first feed breaks', () => first.heard.breaks.length > 0);
        expect(first.heard.breaks).toEqual(['deleted']);
      });

      it('A partition accepts no acknowledgement from its former owner', async () => {
        const seqs = await bench.fill(bench.lane('s'), 'm', 3);
        const first = await bench.feed();
        await bench.hear(first.heard, 3);
        const second = await bench.feed(64, other);
        first.feed.ack(seqs[0] ?? 0);
        await expect(first.feed.ackConfirmed(seqs[1] ?? 0)).rejects.toBeInstanceOf(TransportUnavailableError);
        await bench.rig.until('the first feed breaks', () => first.heard.breaks.length > 0);
        first.feed.ack(seqs[2] ?? 0);
        await expect(first.feed.ackConfirmed(seqs[2] ?? 0)).rejects.toBeInstanceOf(TransportUnavailableError);
        await bench.hear(second.heard, 3);
        const third = await bench.feed(64);
        await bench.hear(third.heard, 3);
        expect(third.heard.texts).toEqual(['m0', 'm1', 'm2']);
        expect(await bench.stored(bench.lane('s'))).toEqual(['m0', 'm1', 'm2']);
      });

      it('A partition refuses an epoch older than that of its owner, and keeps delivering', async () => {
        const older = await bench.claim(other);
        const newer = await bench.feed();
        await expect(bench.feedAt(older, 64, other)).rejects.toBeInstanceOf(StaleEpochError);
        await bench.fill(bench.lane('s'), 'm', 1);
        await bench.hear(newer.heard, 1);
        expect(newer.heard.texts).toEqual(['m0']);
        expect(newer.heard.breaks).toEqual([]);
      });

      it('A former owner may close its feed without harm to the next owner', async () => {
        const first = await bench.feed();
        const second = await bench.feed(64, other);
        await first.feed.close();
        await bench.fill(bench.lane('s'), 'm', 2);
        await bench.hear(second.heard, 2);
        expect(second.heard.texts).toEqual(['m0', 'm1']);
        expect(second.heard.breaks).toEqual([]);
      });
    });

    describe('a confirmation', () => {
      const at = (epoch: number) => ({ pool: pool.pool, partition: 0, epoch });

      it('A confirmation succeeds for the epoch of the newest record, repeatedly', async () => {
        const epoch = await bench.claim();
        await bench.transport.confirm(at(epoch));
        await bench.transport.confirm(at(epoch));
        expect(await bench.claim(other)).toBeGreaterThan(epoch);
      });

      it('A confirmation is refused once any node has written the record again', async () => {
        const first = await bench.claim();
        const second = await bench.claim(other);
        await expect(bench.transport.confirm(at(first))).rejects.toBeInstanceOf(StaleEpochError);
        await other.confirm(at(second));
        await bench.transport.bucket('owners').write('main.0', 'released', second);
        await expect(other.confirm(at(second))).rejects.toBeInstanceOf(StaleEpochError);
      });

      it('A confirmation is refused for a record that was removed or never existed', async () => {
        await expect(bench.transport.confirm(at(7))).rejects.toBeInstanceOf(StaleEpochError);
        const epoch = await bench.claim();
        await bench.transport.bucket('owners').remove('main.0');
        await expect(bench.transport.confirm(at(epoch))).rejects.toBeInstanceOf(StaleEpochError);
      });

      it('A confirmation of one partition does not confirm another', async () => {
        const [zero, one] = [await bench.claim(), await bench.claim(other, 1)];
        await other.confirm({ ...at(one), partition: 1 });
        await bench.transport.confirm(at(zero));
        await expect(bench.transport.confirm({ ...at(zero), partition: 1 })).rejects.toBeInstanceOf(StaleEpochError);
      });

      it('A node that owns nothing can confirm', async () => {
        await bench.transport.reach(pool.pool);
        await other.reach(pool.pool);
      });
    });

    describe('a confirmed acknowledgement', () => {
      it('A confirmed acknowledgement covers every acknowledgement before it on the feed', async () => {
        for (let i = 0; i < 4; i++) await bench.fill(bench.lane(`s${i}`), `m${i}-`, pool.laneCapacity);
        const { feed, heard } = await bench.feed();
        await bench.hear(heard, 20);
        for (const seq of heard.seqs.slice(0, 18)) feed.ack(seq);
        await feed.ackConfirmed(heard.seqs[18] ?? 0);
        const second = await bench.feed(64, other);
        await bench.hear(second.heard, 1);
        expect(second.heard.texts).toEqual(['m3-4']);
      });

      it('A confirmed acknowledgement needs a message that this feed delivered, not only an earlier one', async () => {
        const seqs = await bench.fill(bench.lane('s'), 'm', 3);
        const first = await bench.feed();
        await bench.hear(first.heard, 3);
        const second = await bench.feed(0, other);
        second.feed.ack(seqs[0] ?? 0);
        await expect(second.feed.ackConfirmed(seqs[1] ?? 0)).rejects.toBeInstanceOf(NotDeliveredError);
        second.feed.window(64);
        await bench.hear(second.heard, 3);
        expect(second.heard.texts).toEqual(['m0', 'm1', 'm2']);
        await expect(second.feed.ackConfirmed((seqs[2] ?? 0) + 1)).rejects.toBeInstanceOf(NotDeliveredError);
        for (const seq of seqs) await second.feed.ackConfirmed(seq);
        await bench.rig.until('all are gone', async () => (await bench.stored(bench.lane('s'))).length === 0);
      });

      it('A confirmed acknowledgement may be requested again', async () => {
        const [seq = 0] = await bench.fill(bench.lane('s'), 'm', 1);
        const { feed, heard } = await bench.feed();
        await bench.hear(heard, 1);
        await feed.ackConfirmed(seq);
        await feed.ackConfirmed(seq);
        await bench.rig.until('m0 is gone', async () => (await bench.stored(bench.lane('s'))).length === 0);
      });
    });
  });
}
