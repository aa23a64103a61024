import { expect, it } from 'vitest';
import type { LaneClass } from '../../../runtime/core/subjects.ts';
import type { Lane } from '../../../runtime/mailbox/lane.ts';
import { Mailbox } from '../../../runtime/mailbox/mailbox.ts';
import { bytesOf, laneOf } from '../../support/lanes.ts';

/** A lane of `waiting` intents, listed. */
function listed(mailbox: Mailbox, from: string, waiting: number, lane: LaneClass = 'i'): Lane {
  const made = laneOf(from, 'agent/a', lane);
  for (let seq = 1; seq <= waiting; seq++) made.add({ seq, subject: made.subject, storedAt: 1 }, bytesOf('x'), true);
  mailbox.list(made);
  return made;
}

/** The senders in the order in which the mailbox serves them. */
function served(mailbox: Mailbox): string[] {
  const order: string[] = [];
  for (let lane = mailbox.next(); lane !== undefined; lane = mailbox.next()) {
    order.push(`${lane.at.from.key}`);
    lane.take();
    lane.finish();
    mailbox.list(lane);
  }
  return order;
}

it('A mailbox serves its lanes in turns, one intent each', () => {
  const mailbox = new Mailbox('agent/a');
  for (const [from, waiting] of Object.entries({ a: 3, b: 1, c: 2 })) listed(mailbox, `client/${from}`, waiting);
  expect(served(mailbox)).toEqual(['a', 'b', 'c', 'a', 'c', 'a']);
});

it('A mailbox serves control before replies before intents', () => {
  const mailbox = new Mailbox('agent/a');
  listed(mailbox, 'client/i', 1, 'i');
  listed(mailbox, 'client/r', 2, 'r');
  listed(mailbox, 'client/c', 2, 'c');
  expect(served(mailbox)).toEqual(['c', 'c', 'r', 'r', 'i']);
});

it('A mailbox lets replies and control pass while its intents are throttled', () => {
  const mailbox = new Mailbox('agent/a');
  for (const lane of ['i', 'r', 'c'] as const) listed(mailbox, `client/${lane}`, 1, lane);
  mailbox.throttled = true;
  expect(served(mailbox)).toEqual(['c', 'r']);
  mailbox.throttled = false;
  expect(served(mailbox)).toEqual(['i']);
});

it('A mailbox lists a lane once, and only when there is something to do for it', () => {
  const mailbox = new Mailbox('agent/a');
  const lane = listed(mailbox, 'client/a', 2);
  mailbox.list(lane);
  expect([mailbox.next(), mailbox.next()]).toEqual([lane, undefined]);
  listed(mailbox, 'client/empty', 0);
  expect(mailbox.next()).toBeUndefined();
});

it('A mailbox does not list a lane whose head is on its way from the store, but one whose later ones are', () => {
  const mailbox = new Mailbox('agent/a');
  const lane = laneOf('client/a');
  lane.add({ seq: 1, subject: lane.subject, storedAt: 1 }, bytesOf('x'), false);
  lane.loading = true;
  mailbox.list(lane);
  expect(mailbox.isFree).toBe(true);
  lane.load([{ seq: 1, subject: lane.subject, storedAt: 1, payload: bytesOf('x') }], []);
  mailbox.list(lane);
  expect(mailbox.next()).toBe(lane);
});

it('A mailbox passes over a pausing lane, although it was listed while its head was handled', () => {
  const mailbox = new Mailbox('agent/a');
  const [pausing, other] = [listed(mailbox, 'client/a', 2), listed(mailbox, 'client/b', 1)];
  pausing.pausing = true;
  expect([mailbox.next(), mailbox.next()]).toEqual([other, undefined]);
  pausing.pausing = false;
  mailbox.list(pausing);
  expect(mailbox.next()).toBe(pausing);
});

it('A mailbox gives a turn back at the front', () => {
  const mailbox = new Mailbox('agent/a');
  const [first, second] = [listed(mailbox, 'client/a', 1), listed(mailbox, 'client/b', 1)];
  const turn = mailbox.next();
  if (turn !== undefined) mailbox.giveBack(turn);
  expect([mailbox.next(), mailbox.next()]).toEqual([first, second]);
});

it('A mailbox is free when nothing is handled, throttled or listed', () => {
  const mailbox = new Mailbox('agent/a');
  expect(mailbox.isFree).toBe(true);
  listed(mailbox, 'client/a', 1);
  expect(mailbox.isFree).toBe(false);
  mailbox.next();
  expect(mailbox.isFree).toBe(true);
  mailbox.busy = true;
  expect(mailbox.isFree).toBe(false);
  mailbox.busy = false;
  mailbox.throttled = true;
  expect(mailbox.isFree).toBe(false);
});
