/** A node never requests more than it has room for: the server would pile up the rest until it cuts the node off. */
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { type Recorder, seqOf, Workbench } from '../../contract/workbench.ts';
import { jetStreamRig, until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';

const window = 16;

interface Pulled {
  readonly heard: Recorder;
  /** Messages that the feed has asked for, as a bystander hears it. */
  readonly asked: number;
}

/** Sends messages of a size through one partition, a window at a time. */
async function pull(bytes: number, count: number): Promise<Pulled> {
  await using server = await startTestServer();
  const bystander = await connect({ servers: server.url });
  let asked = 0;
  bystander.subscribe('$JS.API.CONSUMER.MSG.NEXT.>', {
    callback: (_error, message) => {
      asked += message.json<{ readonly batch: number }>().batch;
    },
  });
  await bystander.flush();
  await using bench = await Workbench.open(() => jetStreamRig(server.url));
  const { heard } = await bench.feed(window);
  for (let n = 0; n < count; n++) {
    seqOf(await bench.publish(bench.lane(`s${n}`), `m${n}`, 'x'.repeat(bytes)));
    if (n % window === 0) await until(`delivery ${n}`, () => heard.deliveries.length > n);
  }
  await until('everything', () => heard.deliveries.length === count);
  await bystander.flush();
  await bystander.close();
  return { heard, asked };
}

it('A feed requests no more than its window beyond what has arrived', async () => {
  const { asked } = await pull(10, 600);
  expect(asked).toBeGreaterThanOrEqual(600);
  expect(asked - 600).toBeLessThanOrEqual(window);
});

it('A feed receives everything in order when its window exceeds the limit of a pull', async () => {
  const { heard } = await pull(500_000, 24);
  expect(heard.seqs).toEqual(heard.seqs.toSorted((a, b) => a - b));
  expect(heard.breaks).toEqual([]);
});

it('A feed receives a message of the greatest size', async () => {
  const most = 1024 * 1024 - 100;
  const { heard } = await pull(most, 3);
  expect(heard.deliveries.map(({ payload }) => payload.length)).toEqual([most, most, most]);
});
