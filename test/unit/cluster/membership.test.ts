/** Membership as one node judges it; time is an argument. */
import { expect, it } from 'vitest';
import { type Beat, Membership, readBeat } from '../../../runtime/cluster/membership.ts';

/** A judge with contact every second from 0 on, until `untilMs`. */
function judging(untilMs: number, from = 0): Membership {
  const membership = new Membership();
  contactDuring(membership, from, untilMs);
  return membership;
}

function contactDuring(membership: Membership, from: number, to: number): void {
  for (let now = from; now <= to; now += 1_000) membership.contacted(now, now);
}

const beat = (contactMs = 0, state: Beat['state'] = 'serving', node = 'a'): Beat => ({ node, state, contactMs });

it('Membership knows nothing of a node that it never heard, before it has listened for 3 s', () => {
  const membership = judging(3_000);
  expect(membership.verdict('a', 2_999)).toBe('unknown');
  expect(membership.verdict('a', 3_000)).toBe('dead');
});

it('A node is dead 3 s after its last heartbeat', () => {
  const membership = judging(10_000);
  membership.heard(beat(), 5_000);
  expect([5_000, 7_999, 8_000].map((now) => membership.verdict('a', now))).toEqual(['alive', 'alive', 'dead']);
});

it('A node that left is dead at once, and alive when it is heard again', () => {
  const membership = judging(10_000);
  membership.heard(beat(0, 'left'), 5_000);
  expect(membership.verdict('a', 5_000)).toBe('dead');
  membership.heard(beat(), 5_100);
  expect(membership.verdict('a', 5_100)).toBe('alive');
});

it('A node with heartbeats is dead when its main loop had no contact for 12 s', () => {
  const membership = judging(60_000);
  const verdicts = [11_000, 11_999, 12_000].map((contactMs) => {
    membership.heard(beat(contactMs), 30_000);
    return membership.verdict('a', 30_000);
  });
  expect(verdicts).toEqual(['alive', 'alive', 'dead']);
});

it('Membership judges no node while it has no contact itself, and waits for one TTL after its return', () => {
  const membership = judging(5_000);
  membership.heard(beat(), 5_000);
  expect(membership.verdict('a', 8_001)).toBe('unknown');
  contactDuring(membership, 20_000, 30_000);
  expect([20_000, 22_999].map((now) => membership.verdict('a', now))).toEqual(['alive', 'alive']);
  expect(membership.verdict('a', 23_000)).toBe('dead');
});

it('A stale contact counts only while the judge had contact itself: an election looks like the death of no node', () => {
  const membership = judging(5_000);
  membership.heard(beat(0), 5_000);
  // an outage of 20 s for both: heartbeats go on, contacts do not
  membership.heard(beat(20_000), 25_000);
  contactDuring(membership, 25_000, 40_000);
  membership.heard(beat(27_000), 32_000);
  expect(membership.verdict('a', 32_000)).toBe('alive');
  membership.heard(beat(32_000), 37_000);
  expect(membership.verdict('a', 37_000)).toBe('dead');
});

it('Membership ignores a proof of contact that is old by the time it arrives', () => {
  const membership = judging(0);
  membership.heard(beat(), 0);
  membership.contacted(500, 20_000);
  expect(membership.hasContact(20_000)).toBe(false);
  expect(membership.verdict('a', 20_000)).toBe('unknown');
});

it('Membership ranks living standby nodes by their ids', () => {
  const membership = judging(10_000);
  for (const node of ['b', 'd']) membership.heard(beat(0, 'standby', node), 9_000);
  membership.heard(beat(0, 'serving', 'a'), 9_000);
  membership.heard(beat(0, 'draining', 'aa'), 9_000);
  membership.heard(beat(0, 'standby', 'ab'), 1_000);
  expect(['a0', 'c', 'e'].map((node) => membership.rank(node, 9_500))).toEqual([0, 1, 2]);
});

it('Membership keeps a bounded number of nodes, whatever names strangers invent', () => {
  const membership = judging(100_000);
  membership.heard(beat(), 0);
  for (let n = 0; n < 10_000; n++) membership.heard(beat(0, 'standby', `n${n}`), 1);
  expect(membership.verdict('a', 1)).toBe('alive');
  expect(membership.rank('zzz', 1)).toBeLessThan(256);
  membership.heard(beat(0, 'serving', 'late'), 61_000);
  expect(membership.verdict('late', 61_000)).toBe('alive');
});

it.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no node', '{"state":"serving","contact_ms":1}'],
  ['an unknown state', '{"node":"a","state":"king","contact_ms":1}'],
  ['a negative age', '{"node":"a","state":"serving","contact_ms":-1}'],
  ['an age that is no number', '{"node":"a","state":"serving","contact_ms":"1"}'],
  ['a name without end', `{"node":"${'a'.repeat(65)}","state":"serving","contact_ms":1}`],
])('Membership reads %s as no heartbeat', (_what, text) => {
  expect(readBeat(text)).toBeUndefined();
});

it('Membership reads a heartbeat, whatever a later release adds to it', () => {
  expect(readBeat('{"v":2,"node":"a","state":"serving","contact_ms":7,"more":1}')).toEqual(beat(7));
});
