/** Invariant 4, near half: a living node does not repeat a handled intent, although its acknowledgement was lost. */
import { expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../runtime/core/clock.ts';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

const intents = 200;

/** Its monotonic time can be held: then no proof of contact grows old, however long it takes. */
class HeldClock implements Clock {
  #heldAt: number | undefined;
  #behindMs = 0;

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return this.#heldAt ?? systemClock.monotonic() - this.#behindMs;
  }

  after: Clock['after'] = (delay, run) => systemClock.after(delay, run);

  hold(): void {
    this.#heldAt = this.monotonic();
  }

  goOn(): void {
    this.#behindMs = systemClock.monotonic() - this.monotonic();
    this.#heldAt = undefined;
  }
}

it('A node does not repeat intents whose acknowledgements were lost with the connection', async () => {
  await using server = await startTestServer();
  await using proxy = await startProxy(server.server.port);
  await using direct = await connectJetStream({ url: server.url, mesh: 'acks' });
  await using proxied = await connectJetStream({ url: proxy.url, mesh: 'acks' });
  const clock = new HeldClock();
  const handled: number[] = [];
  await using node = await startNode(
    { agents: [listener('a', ['alert'], (intent) => void handled.push(Number(intent.context.n)))] },
    { transport: proxied, mesh: 'acks', clock },
  );
  await using sender = await startNode({ agents: [] }, { transport: direct, mesh: 'acks', egress: 'off' });
  await sender.tell('a', { intent_type: 'alert', context: { n: -1 } });
  await node.whenIdle();

  // without proofs of contact the node would begin nothing after three seconds
  clock.hold();
  proxy.swallow();
  await Promise.all(
    Array.from({ length: intents }, (_, n) => sender.tell('a', { intent_type: 'alert', context: { n } })),
  );
  await until('every intent is handled', () => handled.length > intents);
  expect(await direct.pools.backlog('main')).toBeGreaterThan(0);

  proxy.cut();
  clock.goOn();
  await node.whenIdle();
  expect(await direct.pools.backlog('main')).toBe(0);
  expect(handled).toEqual([-1, ...Array.from({ length: intents }, (_, n) => n)]);
  expect(node.counts.repeats).toBe(intents);
});
