/** The bytes that wait for the socket. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Outbound } from '../../../runtime/transport/jetstream/outbound.ts';

type Step =
  | { readonly kind: 'fill'; readonly parts: readonly Uint8Array[] }
  | { readonly kind: 'frame'; readonly text: string; readonly payload: Uint8Array }
  | { readonly kind: 'drain' };

const bytes = fc.uint8Array({ maxLength: 20_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('fill' as const), parts: fc.array(bytes, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('frame' as const), text: fc.string({ unit: 'grapheme' }), payload: bytes }),
  fc.record({ kind: fc.constant('drain' as const) }),
);

it('The outbound queue drains exactly the queued bytes in order, and never changes drained ones', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const outbound = new Outbound();
      const drained: Uint8Array[] = [];
      const queued: Uint8Array[] = [];
      for (const one of steps) {
        if (one.kind === 'drain') drained.push(outbound.drain());
        else if (one.kind === 'fill') {
          outbound.fill(...one.parts);
          queued.push(...one.parts);
        } else {
          outbound.frame(one.text, one.payload);
          queued.push(Buffer.from(one.text), one.payload, Buffer.from('\r\n'));
        }
        expect(outbound.length() > 0).toBe(outbound.size() > 0);
      }
      drained.push(outbound.drain());

      expect(Buffer.compare(Buffer.concat(drained), Buffer.concat(queued))).toBe(0);
      expect(outbound.size()).toBe(0);
    }),
  );
});

it('A reset outbound queue forgets waiting bytes, and keeps drained ones', () => {
  const outbound = new Outbound();
  outbound.fill(Buffer.from('drained'));
  const drained = outbound.drain();
  outbound.fill(Buffer.from('lost'));

  outbound.reset();
  outbound.fill(Buffer.from('next'));

  expect(Buffer.from(drained).toString()).toBe('drained');
  expect(Buffer.from(outbound.drain()).toString()).toBe('next');
});
