/** A feed without room requests nothing, so it hears nothing: that is no sign of a lost leader. */
import { expect, it } from 'vitest';
import { until } from '../../support/jetstream-rig.ts';
import { quietFeed } from '../../support/quiet-feed.ts';

it('A feed without room survives, checks now and then that its consumer exists, and delivers once there is room', async () => {
  await using quiet = await quietFeed(0);
  await quiet.asked(3, 30_000);
  expect(quiet.heard.breaks).toEqual([]);
  await quiet.bench.fill(quiet.bench.lane('s'), 'm', 3);
  quiet.feed.window(8);
  await quiet.bench.hear(quiet.heard, 3);
  expect([quiet.heard.texts, quiet.heard.breaks]).toEqual([['m0', 'm1', 'm2'], []]);
});

it('A feed without room learns that its consumer was deleted', async () => {
  await using quiet = await quietFeed(0);
  await quiet.asked(1, 30_000);
  await quiet.deleteConsumer();
  await until('the break', () => quiet.heard.breaks.length > 0, 30_000);
  expect(quiet.heard.breaks).toEqual(['deleted']);
});
