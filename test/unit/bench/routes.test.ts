import { describe, expect, it } from 'vitest';
import { BitSet } from '../../../bench/children/load-job.ts';
import { DeliveryCounter } from '../../../bench/subjects/delivery-counter.ts';
import { encodedIntent, intentBytes } from '../../../bench/subjects/payload.ts';
import { senderCount, senderOf } from '../../../bench/subjects/routes.ts';

describe('the load', () => {
  it.each([10, 1_000])('The load comes to %d mailboxes from every sender in turn', (mailboxes) => {
    const lanes = new Set<string>();
    for (let n = 0; n < mailboxes * senderCount; n++) lanes.add(`${n % mailboxes} ${senderOf(n, mailboxes)}`);
    expect(lanes.size).toBe(mailboxes * senderCount);
  });

  it('The load has intents of 700 bytes on the wire', () => {
    expect(encodedIntent().length).toBe(intentBytes);
  });

  it('The load is counted once for each intent', () => {
    const once = new DeliveryCounter(2);
    once.add(1);
    once.add(1);
    expect([once.count, once.repeats, once.complete]).toEqual([1, 1, false]);
    once.add(0);
    expect([once.has(0), once.complete]).toEqual([true, true]);
  });

  it('The load is passed to another process in small pieces', () => {
    const sent = new BitSet(20);
    for (const n of [0, 7, 8, 19]) sent.add(n);
    const read = BitSet.from(sent.toString());
    expect(Array.from({ length: 20 }, (_, n) => n).filter((n) => read.has(n))).toEqual([0, 7, 8, 19]);
  });
});
