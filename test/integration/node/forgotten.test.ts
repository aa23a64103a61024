/** Stopped nodes leave no memory behind on a transport that stays. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, defineAgent, type Node, startNode } from '../../../runtime/index.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let server: TestServer;
let transport: Transport;
beforeAll(async () => {
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh: 'gone' });
});
afterAll(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

const worker: Agent = defineAgent({
  kind: 'worker',
  keyed: true,
  delivery: 'at_least_once',
  intents: { work: {} },
  state: () => ({ done: 0 }),
  async receive({ intent_type }, ctx) {
    ctx.state.done += 1;
    if (intent_type === 'work') await ctx.reply(ctx.state.done);
  },
});

/** A function of its own: nothing of it is left on the stack. */
async function startAndStop(): Promise<WeakRef<Node>> {
  const node = await startNode({ agents: [worker] }, { transport, mesh: 'gone' });
  await Promise.all(['a', 'b', 'c'].map((key) => node.ask(`worker/${key}`, { intent_type: 'work' })));
  await node.whenIdle();
  await node.stop();
  return new WeakRef(node);
}

it('A stopped node can be garbage-collected', async () => {
  const nodes: WeakRef<Node>[] = [];
  for (let n = 0; n < 5; n++) nodes.push(await startAndStop());
  // the last may still be on its way
  const left = (): readonly unknown[] => nodes.slice(0, -1).filter((node) => node.deref() !== undefined);
  await until('the others are collected', () => {
    collect();
    return left().length === 0;
  });
  expect(left()).toEqual([]);
});
