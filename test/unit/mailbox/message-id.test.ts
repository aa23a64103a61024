import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageId } from '../../../runtime/mailbox/message-id.ts';
import { laneSubject } from '../../support/lanes.ts';

it("gives one intent another id on every lane, so that none is swallowed as the other's repetition", () => {
  const lanes = [
    laneSubject('client/c', 'agent/a'),
    laneSubject('client/c', 'agent/b'),
    laneSubject('client/d', 'agent/a'),
    laneSubject('client/c', 'agent/a', 'r'),
  ];
  expect(new Set(lanes.map((lane) => messageId(lane, 'i1', 1))).size).toBe(4);
});

it('gives another id for another attempt, and the same for the same', () => {
  const lane = laneSubject('client/c', 'agent/a');
  expect(messageId(lane, 'i1', 1)).toBe(messageId(lane, 'i1', 1));
  expect(messageId(lane, 'i1', 2)).not.toBe(messageId(lane, 'i1', 1));
  expect(messageId(lane, 'i1', 1)).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

it('gives no sender an id that another one has, whatever intent id it chooses', () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  const attempt = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(fc.tuple(key, id, attempt), fc.tuple(key, id, attempt), (one, other) => {
      fc.pre(one.join('\n') !== other.join('\n'));
      const ids = [one, other].map(([from, intent, n]) =>
        messageId(laneSubject(`client/${from}`, 'agent/a'), intent, n),
      );
      expect(ids[0]).not.toBe(ids[1]);
    }),
  );
});
