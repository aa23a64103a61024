/** The contract of invalid subjects: none of them reaches the store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostileTokens } from '../support/hostile-tokens.ts';
import type { MakeRig } from './contract-rig.ts';
import { seqOf, Workbench } from './workbench.ts';

const refused = { code: 'PARLEY_INVALID_SUBJECT', retryable: false };

export function subjectContract(make: MakeRig): void {
  describe('an invalid subject', () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = await Workbench.open(make);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it.each(hostileTokens)(
      'The transport refuses a subject with %s, and the connection survives',
      async (_what, token) => {
        const { transport, rig } = bench;
        const subject = `${rig.mesh}.x.${token}`;
        expect(await bench.publish(subject, 'm')).toMatchObject({ kind: 'rejected' });
        expect(() => transport.signals.notify(subject, 'text')).toThrow(expect.objectContaining(refused));
        await expect(transport.signals.ask(subject, 'text', 1_000)).rejects.toMatchObject(refused);
        for (const pattern of [`${subject}.*`, `${rig.mesh}.>.${token}`]) {
          if (token === '*' || token === '>') continue;
          expect(() => transport.signals.listen(pattern, () => undefined)).toThrow(expect.objectContaining(refused));
          expect(() => transport.signals.serve(pattern, 'q', async () => '')).toThrow(expect.objectContaining(refused));
        }
        expect(seqOf(await bench.publish(bench.lane('s'), 'after'))).toBe(1);
      },
    );

    it.each(hostileTokens)('Stores and logs refuse a key with %s', async (_what, token) => {
      const requests = bench.transport.bucket('requests');
      const dead = bench.transport.log('dead');
      const key = `key.${token}`;
      await expect(requests.read(key)).rejects.toMatchObject(refused);
      await expect(requests.write(key, 'value', 0)).rejects.toMatchObject(refused);
      await expect(requests.list(key)).rejects.toMatchObject(refused);
      await expect(requests.remove(key)).rejects.toMatchObject(refused);
      await expect(dead.append({ key, messageId: 'm', payload: new Uint8Array(0) })).rejects.toMatchObject(refused);
      await expect(dead.next(1, key)).rejects.toMatchObject(refused);
    });

    it.each(['a\r\nNats-Rollup: all', ' a', '', 'ä', 'x'.repeat(1_000)])(
      'The transport refuses the message id %j',
      async (messageId) => {
        expect(await bench.publish(bench.lane('s'), messageId)).toMatchObject({ kind: 'rejected' });
      },
    );
  });
}
