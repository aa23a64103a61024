/** A node drains, or its memory is full, for longer than a pull lives on the server. */
import { expect, it } from 'vitest';
import { quietFeed } from '../support/quiet-feed.ts';

it('A node without room keeps its feed after its last pull has expired, acknowledges on it, and pulls again', async () => {
  await using quiet = await quietFeed(4);
  const { bench, feed, heard } = quiet;
  const seqs = await bench.fill(bench.lane('s'), 'm', 3);
  await bench.hear(heard, 3);
  feed.window(0);
  await quiet.asked(3, 120_000);
  expect(heard.breaks).toEqual([]);
  for (const seq of seqs) await feed.ackConfirmed(seq);
  await bench.fill(bench.lane('t'), 'n', 3);
  feed.window(4);
  await bench.hear(heard, 6);
  expect([heard.texts.slice(-2), heard.breaks]).toEqual([['n1', 'n2'], []]);
});
