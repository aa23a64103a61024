/** The contract of a log: appended once, read in order. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logNames, logs } from '../../runtime/core/stores.ts';
import type { LoggedRecord, RecordLog } from '../../runtime/transport/index.ts';
import type { MakeRig } from './contract-rig.ts';
import { Workbench } from './workbench.ts';

export function logContract(make: MakeRig): void {
  describe.each(logNames.filter((name) => logs[name].maxPerKey === 0))('the log "%s"', (which) => {
    let bench: Workbench;
    let log: RecordLog;
    beforeEach(async () => {
      bench = await Workbench.open(make);
      log = bench.transport.log(which);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    const append = (messageId: string, key = 'main.1'): Promise<number> =>
      log.append({ key, messageId, payload: Buffer.from(`text of ${messageId}`) });

    async function read(key?: string): Promise<readonly LoggedRecord[]> {
      const found: LoggedRecord[] = [];
      for (let next = await log.next(0, key); next !== undefined; next = await log.next(next.seq + 1, key)) {
        found.push(next);
      }
      return found;
    }

    it('A log is empty at first', async () => {
      expect([await log.next(0), await log.last()]).toEqual([undefined, 0]);
    });

    it('A log keeps a record once per message id', async () => {
      const seq = await append('a');
      expect(await append('a')).toBe(seq);
      expect(await append('b')).toBeGreaterThan(seq);
      expect(await read()).toHaveLength(2);
      expect(await log.last()).toBeGreaterThan(seq);
    });

    it('A log is read in order, on any connection, with key and payload', async () => {
      const seqs = [await append('a', 'main.1'), await append('b', 'main.2'), await append('c', 'main.1')];
      const other = (await bench.rig.connect()).log(which);
      expect((await other.next(0))?.seq).toBe(seqs[0]);
      const found = await read();
      expect(found.map(({ seq, key }) => [seq, key])).toEqual([
        [seqs[0], 'main.1'],
        [seqs[1], 'main.2'],
        [seqs[2], 'main.1'],
      ]);
      expect(Buffer.from(found[1]?.payload ?? []).toString()).toBe('text of b');
    });

    it('A log returns the newest record of a key, and none for a prefix of a key', async () => {
      await append('a', 'main.1');
      const seq = await append('b', 'main.1');
      await append('c', 'main.1.7');
      await append('d', 'main.12');
      expect(await log.latest('main.1')).toMatchObject({ seq, key: 'main.1' });
      expect(Buffer.from((await log.latest('main.1'))?.payload ?? []).toString()).toBe('text of b');
      expect(await log.latest('main')).toBeUndefined();
      await expect(log.latest('>')).rejects.toMatchObject({ code: 'PARLEY_INVALID_SUBJECT' });
    });

    it('A log is read by key', async () => {
      const seqs = [await append('a', 'main.1'), await append('b', 'main.2'), await append('c', 'main.1')];
      expect((await read('main.1')).map(({ seq }) => seq)).toEqual([seqs[0], seqs[2]]);
      expect(await read('main.3')).toEqual([]);
    });
  });

  describe('the log "handled"', () => {
    it('The log "handled" returns the newest mark of a place, on any connection', async () => {
      await using bench = await Workbench.open(make);
      const mark = (messageId: string, key: string): Promise<number> =>
        bench.transport.log('handled').append({ key, messageId, payload: Buffer.from(messageId) });
      await mark('a', 'main.1.7');
      const seq = await mark('b', 'main.1.7');
      await mark('c', 'main.1.8');
      const found = await (await bench.rig.connect()).log('handled').latest('main.1.7');
      expect([found?.seq, Buffer.from(found?.payload ?? []).toString()]).toEqual([seq, 'b']);
      expect(await bench.transport.log('handled').latest('main.1.9')).toBeUndefined();
    });
  });
}
