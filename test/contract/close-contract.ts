/** The contract of a closed transport. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../runtime/core/publication.ts';
import { TransportUnavailableError } from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { pool, Workbench } from './workbench.ts';

export function closeContract(make: MakeRig): void {
  describe('a closed transport', () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = await Workbench.open(make);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('A closed transport may be closed again', async () => {
      await Promise.all([bench.transport.close(), bench.transport.close()]);
      await bench.transport.close();
      await bench.transport[Symbol.asyncDispose]();
    });

    it('A closed transport refuses a publish', async () => {
      const by = await bench.rig.connect();
      await by.close();
      const { kind } = await bench.publish(bench.lane('s'), 'm', 'm', by);
      expect(['unavailable', 'unknown']).toContain(kind);
      expect(await bench.stored(bench.lane('s'))).toEqual([]);
    });

    it('A closed transport settles every publish in flight once, with what it knows of its outcome', async () => {
      const by = await bench.rig.connect();
      const outcomes = new Map<string, PublishOutcome[]>();
      for (let i = 0; i < 20; i++) {
        const messageId = `m${i}`;
        outcomes.set(messageId, []);
        const publication = { pool: pool.pool, subject: bench.lane(`s${i}`), messageId, payload: Buffer.from('x') };
        by.publish(publication, (outcome) => outcomes.get(messageId)?.push(outcome));
      }
      await by.close();
      await bench.rig.settle();
      for (const settled of outcomes.values()) {
        expect(settled).toHaveLength(1);
        expect(['stored', 'unknown', 'unavailable']).toContain(settled[0]?.kind);
      }
    });

    it('A closed transport rejects reads and writes as unavailable', async () => {
      const by = await bench.rig.connect();
      await by.close();
      await expect(by.bucket('meshConfig').read('key')).rejects.toBeInstanceOf(TransportUnavailableError);
      await expect(by.bucket('owners').write('main.0', 'x', 0)).rejects.toBeInstanceOf(TransportUnavailableError);
      await expect(bench.feedAt(1, 1, by)).rejects.toBeInstanceOf(TransportUnavailableError);
    });

    it('A closed transport ends its feeds without breaking them, and leaves their messages to others', async () => {
      const by = await bench.rig.connect();
      await bench.fill(bench.lane('s'), 'm', 2);
      const first = await bench.feed(64, by);
      await bench.hear(first.heard, 2);
      await by.close();
      await bench.fill(bench.lane('s'), 'late', 1);
      const second = await bench.feed();
      await bench.hear(second.heard, 3);
      expect(first.heard.texts).toEqual(['m0', 'm1']);
      expect(first.heard.breaks).toEqual([]);
      expect(second.heard.texts).toEqual(['m0', 'm1', 'late0']);
    });

    it('A closed transport leaves other connections to the same store alone', async () => {
      const by = await bench.rig.connect();
      await by.close();
      expect(await bench.publish(bench.lane('s'), 'm')).toMatchObject({ kind: 'stored' });
    });
  });
}
