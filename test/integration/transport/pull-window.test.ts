/** A node never asks for more than it has room for: what the server sends beyond that piles up until it cuts the node off. */
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { Recorder, seqOf, Workbench } from '../../contract/workbench.ts';
import { jetStreamRig, until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';

const window = 16;

interface PullRequest {
  readonly batch: number;
}

it.each([
  ['small', 10, 600],
  ['larger than a pull may bring at once', 500_000, 24],
])('asks for no more than its window beyond what has come, of messages that are %s', async (_what, bytes, count) => {
  await using server = await startTestServer();
  const spy = await connect({ servers: server.url });
  let asked = 0;
  spy.subscribe('$JS.API.CONSUMER.MSG.NEXT.>', {
    callback: (_error, message) => {
      asked += message.json<PullRequest>().batch;
    },
  });
  await spy.flush();
  await using bench = await Workbench.open(() => jetStreamRig(server.url));
  const heard = new Recorder();
  const feed = await bench.transport.openFeed({ pool: 'main', partition: 0, epoch: 1 }, heard);
  feed.window(window);
  for (let n = 0; n < count; n++) {
    seqOf(await bench.publish(bench.lane(`s${n}`), `m${n}`, 'x'.repeat(bytes)));
    if (n % window === 0) await until(`delivery ${n}`, () => heard.deliveries.length > n);
  }
  await until('everything', () => heard.deliveries.length === count);
  await spy.flush();
  expect(asked).toBeGreaterThanOrEqual(count);
  expect(asked - count).toBeLessThanOrEqual(window);
  await spy.close();
});
