/** The contract of headers that travel beside a payload. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MakeRig } from './contract-rig.ts';
import { pool, seqOf, Workbench } from './workbench.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export function headerContract(make: MakeRig): void {
  describe('headers', () => {
    let bench: Workbench;
    beforeEach(async () => {
      bench = await Workbench.open(make);
    });
    afterEach(() => bench[Symbol.asyncDispose]());

    it('Requested headers arrive, at delivery and at a later read, and no others', async () => {
      bench.transport.propagateHeaders(['traceparent']);
      const lane = bench.lane('s');
      const seq = seqOf(await bench.publishWith({ traceparent, other: 'x' }, lane, 'm'));
      const { heard } = await bench.feed();
      await bench.hear(heard, 1);
      expect(heard.deliveries[0]?.headers).toEqual({ traceparent });
      const [read] = await bench.transport.pools.fetch(pool.pool, lane, [seq]);
      expect(read?.headers).toEqual({ traceparent });
    });

    it('Headers that were not requested do not arrive', async () => {
      const lane = bench.lane('s');
      await bench.publishWith({ traceparent }, lane, 'm1');
      const { heard } = await bench.feed();
      await bench.hear(heard, 1);
      bench.transport.propagateHeaders(['tracestate']);
      bench.transport.propagateHeaders(['traceparent']);
      await bench.publish(lane, 'm2');
      await bench.hear(heard, 2);
      expect(heard.deliveries.map(({ headers }) => headers)).toEqual([undefined, undefined]);
    });

    it.each([
      ['a name of the server', { 'nats-rollup': 'all', 'nats-expected-last-sequence': '99' }],
      ['a name of the server in capitals', { 'Nats-Rollup': 'all' }],
      ['a value of two lines', { traceparent: 'a\r\nNats-Rollup: all' }],
      ['a name of two lines', { 'a\r\nNats-Rollup: all': 'x' }],
      ['a value that is not ASCII', { traceparent: 'ä' }],
      ['more than 8 KiB', { traceparent: 'a'.repeat(9_000) }],
    ])('The transport never sends %s as a header, but stores the message', async (_what, headers) => {
      bench.transport.propagateHeaders(
        [...Object.keys(headers), 'traceparent', 'nats-rollup'].map((name) => name.toLowerCase()),
      );
      const lane = bench.lane('s');
      await bench.publish(lane, 'before');
      const seq = seqOf(await bench.publishWith(headers as Record<string, string>, lane, 'm'));
      expect((await bench.transport.pools.fetch(pool.pool, lane, [seq]))[0]?.headers).toBeUndefined();
      expect(await bench.stored(lane)).toEqual(['before', 'm']);
    });
  });
}
