/** The contract of a pool: its settings, its fill level, a repeated read of a lane. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamConflictError } from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { pool, seqOf, Workbench } from './workbench.ts';

const smallBytes = 64 * 1024;
const largeBytes = 500_000;

export function poolContract(make: MakeRig): void {
  describe('a pool', () => {
    let bench: Workbench;
    afterEach(() => bench[Symbol.asyncDispose]());

    beforeEach(async () => {
      bench = await Workbench.open(make);
    });

    it('A pool is created once: a second creation changes and loses nothing', async () => {
      await bench.publish(bench.lane('s'), 'm');
      await bench.transport.pools.ensure(pool);
      const other = await bench.rig.connect();
      await other.pools.ensure(pool);
      expect(await bench.stored(bench.lane('s'))).toEqual(['m']);
    });

    it('A pool refuses another lane capacity: two nodes must not differ silently', async () => {
      const different = { ...pool, laneCapacity: pool.laneCapacity + 1 };
      await expect(bench.transport.pools.ensure(different)).rejects.toBeInstanceOf(StreamConflictError);
    });

    it('A pool reads messages of a lane again by their sequences, and none of another lane', async () => {
      const seqs = await bench.fill(bench.lane('s'), 'm', 4);
      await bench.fill(bench.lane('other'), 'o', 2);
      expect(await bench.stored(bench.lane('s'))).toEqual(['m0', 'm1', 'm2', 'm3']);
      expect(await bench.stored(bench.lane('s'), seqs.slice(1, 3))).toEqual(['m1', 'm2']);
      expect(await bench.stored(bench.lane('s'), [])).toEqual([]);
      expect(await bench.stored(bench.lane('s'), [1_000])).toEqual([]);
      expect(await bench.stored(bench.lane('nobody'))).toEqual([]);
    });

    it('A pool reads at least the first of many large messages, and the rest with later reads', async () => {
      const seqs: number[] = [];
      for (let n = 0; n < pool.laneCapacity; n++) {
        seqs.push(seqOf(await bench.publish(bench.lane('s'), `m${n}`, String(n).repeat(largeBytes))));
      }
      const read: number[] = [];
      for (let rounds = 0; read.length < seqs.length && rounds < seqs.length; rounds++) {
        const found = await bench.transport.pools.fetch(pool.pool, bench.lane('s'), seqs.slice(read.length));
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThan(pool.laneCapacity);
        for (const { seq, payload } of found) {
          expect([payload.length, payload[0]]).toEqual([largeBytes, `${read.length}`.charCodeAt(0)]);
          read.push(seq);
        }
      }
      expect(read).toEqual(seqs);
    });

    it('A pool reads sequence, subject and payload as they were stored', async () => {
      const [seq] = await bench.fill(bench.lane('s'), 'm', 1);
      const [message] = await bench.transport.pools.fetch(pool.pool, bench.lane('s'), [seq ?? 0]);
      expect(message).toMatchObject({ seq, subject: bench.lane('s') });
      expect(Buffer.from(message?.payload ?? [])).toEqual(Buffer.from('m0'));
    });

    it('A pool finds one message by its sequence in any lane, and none that was never stored', async () => {
      const [seq] = await bench.fill(bench.lane('s', 1), 'm', 1);
      const found = await bench.transport.pools.find(pool.pool, seq ?? 0);
      expect(found).toMatchObject({ seq, subject: bench.lane('s', 1) });
      expect(Buffer.from(found?.payload ?? []).toString()).toBe('m0');
      expect(await bench.transport.pools.find(pool.pool, (seq ?? 0) + 1)).toBeUndefined();
    });

    it('A pool skips acknowledged messages when it reads a lane again', async () => {
      const seqs = await bench.fill(bench.lane('s'), 'm', 4);
      const { feed, heard } = await bench.feed();
      await bench.hear(heard, 4);
      await feed.ackConfirmed(seqs[1] ?? 0);
      await bench.rig.until('m1 is gone', async () => (await bench.stored(bench.lane('s'))).length === 3);
      expect(await bench.stored(bench.lane('s'))).toEqual(['m0', 'm2', 'm3']);
    });
  });

  describe('a pool of few bytes', () => {
    let bench: Workbench;
    afterEach(() => bench[Symbol.asyncDispose]());

    beforeEach(async () => {
      bench = await Workbench.open(make, { ...pool, maxBytes: smallBytes, laneCapacity: 1_000 });
    });

    it('A pool of few bytes reports how full it is, from 0 to 1', async () => {
      const fill = async (): Promise<number> => {
        const { bytes, maxBytes } = await bench.transport.pools.usage(pool.pool);
        return bytes / maxBytes;
      };
      expect(await fill()).toBe(0);
      expect(await bench.transport.pools.backlog(pool.pool)).toBe(0);
      await bench.publish(bench.lane('s'), 'm0', 'x'.repeat(8_192));
      const some = await fill();
      expect(some).toBeGreaterThan(8_192 / smallBytes - 0.001);
      await bench.publish(bench.lane('s'), 'm1', 'x'.repeat(8_192));
      expect(await bench.transport.pools.backlog(pool.pool)).toBeGreaterThan(0);
      const more = await fill();
      expect(more).toBeGreaterThan(some);
      expect(more).toBeLessThanOrEqual(1);
    });

    it('A pool of few bytes refuses as store_full when it is full, and accepts the same id once there is room', async () => {
      const kinds = new Set<string>();
      let refused = '';
      for (let i = 0; i < 64 && refused === ''; i++) {
        const { kind } = await bench.publish(bench.lane('s'), `m${i}`, 'x'.repeat(4_096));
        kinds.add(kind);
        if (kind !== 'stored') refused = `m${i}`;
      }
      expect([...kinds]).toEqual(['stored', 'store_full']);
      const { feed, heard } = await bench.feed();
      await bench.rig.until('a delivery', () => heard.deliveries.length > 0);
      await feed.ackConfirmed(heard.seqs[0] ?? 0);
      expect(await bench.publishWhenFree(bench.lane('s'), refused)).toBeGreaterThan(0);
    });
  });
}
