/** What every store says of a publish. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../runtime/core/publication.ts';
import type { MakeRig } from './contract-rig.ts';
import { pool, seqOf, Workbench } from './workbench.ts';

export function publishContract(make: MakeRig): void {
  describe('publish', () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = await Workbench.open(make);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('stores with a sequence that increases in order of acceptance, across lanes', async () => {
      const seqs: number[] = [];
      for (let i = 0; i < 8; i++) seqs.push(seqOf(await bench.publish(bench.lane(`s${i % 3}`, i % 2), `m${i}`)));
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(8);
      expect(seqs[0]).toBeGreaterThan(0);
    });

    it('says that a first attempt is no duplicate', async () => {
      expect(await bench.publish(bench.lane('s'), 'm')).toMatchObject({ kind: 'stored', duplicate: false });
    });

    it('answers the same message id with the first sequence, and stores it once', async () => {
      const first = await bench.publish(bench.lane('s'), 'm', 'first');
      const other = await bench.publish(bench.lane('s'), 'other');
      const again = await bench.publish(bench.lane('s'), 'm', 'second');
      expect(again).toEqual({ kind: 'stored', seq: seqOf(first), duplicate: true });
      expect(seqOf(other)).toBeGreaterThan(seqOf(first));
      expect(await bench.stored(bench.lane('s'))).toEqual(['first', 'other']);
    });

    it('remembers the id of a message that was acknowledged since', async () => {
      const first = seqOf(await bench.publish(bench.lane('s'), 'm'));
      const { feed, heard } = await bench.feed();
      await bench.hear(heard, 1);
      await feed.ackConfirmed(first);
      expect(await bench.publish(bench.lane('s'), 'm')).toEqual({ kind: 'stored', seq: first, duplicate: true });
    });

    it('swallows one id on a second lane of the pool: ids must be made from the lane too', async () => {
      const first = seqOf(await bench.publish(bench.lane('s1'), 'm'));
      expect(await bench.publish(bench.lane('s2'), 'm')).toEqual({ kind: 'stored', seq: first, duplicate: true });
      expect(await bench.stored(bench.lane('s2'))).toEqual([]);
    });

    it('stores exactly the capacity of 200 concurrent publishes to one lane, and refuses the rest', async () => {
      const attempts = Array.from({ length: 200 }, (_, i) => bench.publish(bench.lane('s'), `m${i}`));
      const kinds = (await Promise.all(attempts)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(pool.laneCapacity);
      expect(kinds.filter((kind) => kind === 'mailbox_full')).toHaveLength(200 - pool.laneCapacity);
      expect(await bench.stored(bench.lane('s'))).toHaveLength(pool.laneCapacity);
    });

    it('takes from a freed lane again, also an id that it refused before', async () => {
      const [first = 0] = await bench.fill(bench.lane('s'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('s'), 'late')).toEqual({ kind: 'mailbox_full' });
      const { feed, heard } = await bench.feed();
      await bench.hear(heard, pool.laneCapacity);
      await feed.ackConfirmed(first);
      await bench.publishWhenFree(bench.lane('s'), 'late');
      expect(await bench.publish(bench.lane('s'), 'later')).toEqual({ kind: 'mailbox_full' });
      expect(await bench.stored(bench.lane('s'))).toEqual(['m1', 'm2', 'm3', 'm4', 'late']);
    });

    it('lets a full lane refuse only its own sender', async () => {
      await bench.fill(bench.lane('flooding'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('flooding'), 'more')).toEqual({ kind: 'mailbox_full' });
      expect(await bench.publish(bench.lane('calm'), 'other')).toMatchObject({ kind: 'stored' });
      expect(await bench.publish(bench.lane('flooding', 0, 'b'), 'neighbour')).toMatchObject({ kind: 'stored' });
    });

    it('answers the repetition of a stored message as a duplicate although its lane is full', async () => {
      const [first = 0] = await bench.fill(bench.lane('s'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('s'), 'm0')).toEqual({ kind: 'stored', seq: first, duplicate: true });
    });

    it('settles each publish once, and never before publish has returned', async () => {
      const settled: string[] = [];
      let returned = false;
      for (const id of ['m0', 'm0', 'm1', 'm2', 'm3', 'm4', 'm5']) {
        returned = false;
        const publication = { pool: pool.pool, subject: bench.lane('s'), messageId: id, payload: Buffer.from(id) };
        bench.transport.publish(publication, (outcome: PublishOutcome) => {
          settled.push(outcome.kind);
          expect(returned).toBe(true);
        });
        returned = true;
        expect(settled).toEqual([]);
      }
      await bench.rig.until('7 outcomes', () => settled.length >= 7);
      await bench.rig.settle();
      expect(settled.sort()).toEqual([...Array(1).fill('mailbox_full'), ...Array(6).fill('stored')]);
    });

    it('orders what two connections publish in one sequence', async () => {
      const other = await bench.rig.connect();
      const seqs: number[] = [];
      for (let i = 0; i < 4; i++) {
        const by = i % 2 === 0 ? bench.transport : other;
        seqs.push(seqOf(await bench.publish(bench.lane('s'), `m${i}`, `m${i}`, by)));
      }
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(await bench.stored(bench.lane('s'))).toEqual(['m0', 'm1', 'm2', 'm3']);
    });

    it('is unavailable for a pool that was never made', async () => {
      const subject = bench.lane('s').replace('.main.', '.elsewhere.');
      expect(await bench.publish(subject, 'm')).toMatchObject({ kind: 'unavailable' });
    });
  });
}
