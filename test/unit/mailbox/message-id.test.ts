import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type MessageOrigin, messageId } from '../../../runtime/mailbox/message-id.ts';

const origin: MessageOrigin = { from: 'client/c', to: 'agent/a', lane: 'i', intentId: 'i1', redrive: 1 };

it('Message ids differ by sender, receiver, lane, intent and redrive: none is swallowed as the repetition of another', () => {
  const origins: readonly MessageOrigin[] = [
    origin,
    { ...origin, from: 'client/d' },
    { ...origin, to: 'agent/b' },
    { ...origin, lane: 'r' },
    { ...origin, intentId: 'i2' },
    { ...origin, redrive: 2 },
  ];
  expect(new Set(origins.map((from) => messageId('salt', from))).size).toBe(origins.length);
});

it('Message ids are the same for the same message, and fit a header', () => {
  expect(messageId('salt', origin)).toBe(messageId('salt', { ...origin }));
  expect(messageId('salt', origin)).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

it('Message ids cannot be foreseen without the salt of the mesh', () => {
  expect(messageId('salt', origin)).not.toBe(messageId('another', origin));
  expect(messageId('salt', origin)).not.toBe(messageId('', origin));
});

it('No choice of an intent id gives the message id of another sender', () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  const redrive = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(fc.tuple(key, id, redrive), fc.tuple(key, id, redrive), (one, other) => {
      fc.pre(one.join('\n') !== other.join('\n'));
      const ids = [one, other].map(([from, intentId, n]) =>
        messageId('salt', { ...origin, from: `client/${from}`, intentId, redrive: n }),
      );
      expect(ids[0]).not.toBe(ids[1]);
    }),
  );
});
