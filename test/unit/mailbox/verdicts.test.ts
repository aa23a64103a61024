/** The fate of an intent by its verdict. */
import { expect, it } from 'vitest';
import type { Verdict } from '../../../runtime/mailbox/intent-handler.ts';
import { InboxBench } from '../../support/inbox-bench.ts';

const verdictOn = (verdict: Verdict): InboxBench => {
  const bench = new InboxBench();
  bench.archives = true;
  bench.answer = (text) => (text === 'first' ? verdict : { kind: 'retry', afterMs: 1_000 });
  bench.deliverAll('client/c', ['first', 'second']);
  return bench;
};

it.each([
  { verdict: { kind: 'done' }, archived: [1], acknowledged: [] },
  { verdict: { kind: 'dead', was: 'intent' }, archived: [1], acknowledged: [] },
  { verdict: { kind: 'dead', was: 'message' }, archived: [], acknowledged: [1] },
  { verdict: { kind: 'suspended' }, archived: [], acknowledged: [] },
] as const)(
  'The inbox archives $archived and acknowledges $acknowledged after $verdict, and hands out the next of the lane',
  ({ verdict, archived, acknowledged }) => {
    const bench = verdictOn(verdict);
    expect(bench.unarchived).toEqual(archived);
    expect(bench.settledSeqs).toEqual(acknowledged);
    expect(bench.handed).toEqual(['first', 'second']);
  },
);

it('The inbox keeps a suspended intent unacknowledged when the store delivers it again, and does not hand it out again', () => {
  const bench = verdictOn({ kind: 'suspended' });
  bench.inbox.expectAgain('main', 0);
  bench.deliver({ text: 'first', from: 'client/c', seq: 1 });
  expect(bench.settledSeqs).toEqual([]);
  expect(bench.handed).toEqual(['first', 'second']);
});

it('The inbox gives up the memory of a suspended intent', () => {
  const bench = new InboxBench();
  bench.answer = () => ({ kind: 'suspended' });
  bench.deliver({ text: 'only' });
  expect(bench.inbox.counts).toMatchObject({ held: 0, handling: 0, payloadBytes: 0, lanes: 0, mailboxes: 0 });
});
