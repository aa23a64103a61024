import { expect, it } from 'vitest';
import type { Lane } from '../../../runtime/mailbox/lane.ts';
import { bytesOf, laneOf, laneSubject, textOf } from '../../support/lanes.ts';

const subject = laneSubject('client/c', 'agent/a');

/** A lane holding these sequences, of which the first `resident` carry their payload. */
function holding(seqs: readonly number[], resident = seqs.length): Lane {
  const lane = laneOf('client/c');
  for (const [i, seq] of seqs.entries()) lane.add({ seq, subject, storedAt: seq }, bytesOf(`m${seq}`), i < resident);
  return lane;
}

const stored = (...seqs: number[]) => seqs.map((seq) => ({ seq, subject, storedAt: seq, payload: bytesOf(`m${seq}`) }));

/** Takes and finishes everything that is resident. */
function drain(lane: Lane): string[] {
  const texts: string[] = [];
  for (let held = lane.take(); held !== undefined; held = lane.take()) {
    texts.push(textOf(held.payload));
    lane.finish();
  }
  return texts;
}

it('A lane gives intents out in order of arrival', () => {
  expect(drain(holding([3, 5, 9]))).toEqual(['m3', 'm5', 'm9']);
});

it('An empty lane holds nothing', () => {
  expect([holding([]).length, holding([]).firstEvicted]).toEqual([0, undefined]);
});

it('A lane evicts everything behind the first evicted intent, so that order is kept', () => {
  const lane = holding([1, 2], 1);
  expect(lane.add({ seq: 3, subject, storedAt: 3 }, bytesOf('m3'), true)).toBe(false);
  expect([lane.length, lane.residents, lane.firstEvicted]).toEqual([3, 1, 2]);
  expect(drain(lane)).toEqual(['m1']);
  expect(lane.load(stored(2, 3), [])).toEqual({ bytes: 4, gone: [] });
  expect(drain(lane)).toEqual(['m2', 'm3']);
});

it('A lane loads a part, and the rest later', () => {
  const lane = holding([1, 2, 3, 4], 0);
  lane.load(stored(1, 2), []);
  expect([lane.residents, lane.firstEvicted]).toEqual([2, 3]);
  lane.load(stored(3, 4), []);
  expect([drain(lane), lane.firstEvicted]).toEqual([['m1', 'm2', 'm3', 'm4'], undefined]);
});

it('A lane passes over intents that are proved gone, and keeps the others in order', () => {
  const lane = holding([1, 2, 3, 4, 5], 0);
  expect(lane.load(stored(2, 4), [1, 3])).toEqual({ bytes: 4, gone: [1, 3] });
  expect([drain(lane), lane.firstEvicted]).toEqual([['m2', 'm4'], 5]);
});

it('A lane stops before an intent that was neither found nor proved gone: it is read once more', () => {
  const lane = holding([1, 2, 3], 0);
  expect(lane.load(stored(1, 3), [])).toEqual({ bytes: 2, gone: [] });
  expect([drain(lane), lane.firstEvicted]).toEqual([['m1'], 2]);
  expect(lane.load([], [])).toEqual({ bytes: 0, gone: [] });
  expect(lane.firstEvicted).toBe(2);
});

it('A lane ignores messages of the store that it never held', () => {
  const lane = holding([2, 5], 0);
  expect(lane.load(stored(1, 2, 3, 5, 6), [])).toEqual({ bytes: 4, gone: [] });
  expect(drain(lane)).toEqual(['m2', 'm5']);
});

it('A lane that was emptied meanwhile loads nothing', () => {
  expect(holding([]).load(stored(1, 2), [])).toEqual({ bytes: 0, gone: [] });
});

it('A lane puts the running intent back before all others, with its attempts', () => {
  const lane = holding([1, 2], 1);
  const held = lane.take();
  if (held !== undefined) held.attempts = 2;
  lane.putBack();
  expect(lane.length).toBe(2);
  expect(lane.take()).toMatchObject({ seq: 1, attempts: 2 });
});

it('A lane drops waiting intents, and reports the freed bytes; the running one stays, disowned', () => {
  const lane = holding([1, 22, 3], 2);
  lane.take();
  expect(lane.dropAll()).toEqual({ count: 2, bytes: 3 });
  expect([lane.length, lane.waiting, lane.disowned]).toEqual([1, 0, true]);
});

it('A lane orphans its loaded intents of the sequences that the store lost, and nothing before', () => {
  const lane = holding([1, 2, 3], 3);
  const busy = lane.take();
  lane.lose(2);
  expect([busy?.orphaned, lane.take()?.orphaned]).toEqual([undefined, true]);
  lane.lose(1);
  expect(lane.take()?.orphaned).toBe(true);
});

it('A lane loses from a sequence on only intents that it would have to read again', () => {
  const lane = holding([1, 2, 3, 4], 2);
  expect(lane.lose(4)).toBe(1);
  expect(lane.lose(1)).toBe(1);
  expect([lane.firstEvicted, drain(lane)]).toEqual([undefined, ['m1', 'm2']]);
});
