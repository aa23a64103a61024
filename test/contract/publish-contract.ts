/** The contract of a publish. */
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

    it('A publish is stored with a sequence that increases in order of acceptance, across lanes', async () => {
      const seqs: number[] = [];
      for (let i = 0; i < 8; i++) seqs.push(seqOf(await bench.publish(bench.lane(`s${i % 3}`, i % 2), `m${i}`)));
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(8);
      expect(seqs[0]).toBeGreaterThan(0);
    });

    it('A first publish is not reported as a duplicate', async () => {
      expect(await bench.publish(bench.lane('s'), 'm')).toMatchObject({ kind: 'stored', duplicate: false });
    });

    it('A repeated message id returns the first sequence, and is stored once', async () => {
      const first = await bench.publish(bench.lane('s'), 'm', 'first');
      const other = await bench.publish(bench.lane('s'), 'other');
      const again = await bench.publish(bench.lane('s'), 'm', 'second');
      expect(again).toEqual({ kind: 'stored', seq: seqOf(first), duplicate: true });
      expect(seqOf(other)).toBeGreaterThan(seqOf(first));
      expect(await bench.stored(bench.lane('s'))).toEqual(['first', 'other']);
    });

    it('The store remembers the id of a message that was acknowledged since', async () => {
      const first = seqOf(await bench.publish(bench.lane('s'), 'm'));
      const { feed, heard } = await bench.feed();
      await bench.hear(heard, 1);
      await feed.ackConfirmed(first);
      expect(await bench.publish(bench.lane('s'), 'm')).toEqual({ kind: 'stored', seq: first, duplicate: true });
    });

    it('The store swallows one id on a second lane of the pool: ids must depend on the lane', async () => {
      const first = seqOf(await bench.publish(bench.lane('s1'), 'm'));
      expect(await bench.publish(bench.lane('s2'), 'm')).toEqual({ kind: 'stored', seq: first, duplicate: true });
      expect(await bench.stored(bench.lane('s2'))).toEqual([]);
    });

    it('The store accepts exactly the capacity of 200 concurrent publishes to one lane, and refuses the rest', async () => {
      const attempts = Array.from({ length: 200 }, (_, i) => bench.publish(bench.lane('s'), `m${i}`));
      const kinds = (await Promise.all(attempts)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(pool.laneCapacity);
      expect(kinds.filter((kind) => kind === 'mailbox_full')).toHaveLength(200 - pool.laneCapacity);
      expect(await bench.stored(bench.lane('s'))).toHaveLength(pool.laneCapacity);
    });

    it('A lane with free room accepts again, including an id that it refused before', async () => {
      const [first = 0] = await bench.fill(bench.lane('s'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('s'), 'late')).toEqual({ kind: 'mailbox_full' });
      const { feed, heard } = await bench.feed();
      await bench.hear(heard, pool.laneCapacity);
      await feed.ackConfirmed(first);
      await bench.publishWhenFree(bench.lane('s'), 'late');
      expect(await bench.publish(bench.lane('s'), 'later')).toEqual({ kind: 'mailbox_full' });
      expect(await bench.stored(bench.lane('s'))).toEqual(['m1', 'm2', 'm3', 'm4', 'late']);
    });

    it('A full lane refuses only its own sender', async () => {
      await bench.fill(bench.lane('flooding'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('flooding'), 'more')).toEqual({ kind: 'mailbox_full' });
      expect(await bench.publish(bench.lane('calm'), 'other')).toMatchObject({ kind: 'stored' });
      expect(await bench.publish(bench.lane('flooding', 0, 'b'), 'neighbour')).toMatchObject({ kind: 'stored' });
    });

    it('A repeated publish of a stored message is a duplicate even when its lane is full', async () => {
      const [first = 0] = await bench.fill(bench.lane('s'), 'm', pool.laneCapacity);
      expect(await bench.publish(bench.lane('s'), 'm0')).toEqual({ kind: 'stored', seq: first, duplicate: true });
    });

    it('Each publish settles once, and never before the call has returned', async () => {
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

    it('The publishes of two connections are ordered in one sequence', async () => {
      const other = await bench.rig.connect();
      const seqs: number[] = [];
      for (let i = 0; i < 4; i++) {
        const by = i % 2 === 0 ? bench.transport : other;
        seqs.push(seqOf(await bench.publish(bench.lane('s'), `m${i}`, `m${i}`, by)));
      }
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(await bench.stored(bench.lane('s'))).toEqual(['m0', 'm1', 'm2', 'm3']);
    });

    it('A publish to a pool that was never created is unavailable', async () => {
      const subject = bench.lane('s').replace('.main.', '.elsewhere.');
      expect(await bench.publish(subject, 'm')).toMatchObject({ kind: 'unavailable' });
    });
  });
}
