/** Nodes on a real server: two apps in one mesh, ids on two lanes, bad input from strangers. */
import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { partitionOf } from '../../../runtime/core/partition.ts';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

it('Two apps with different agents talk in one mesh', async () => {
  await using left = await connectJetStream({ url: server.url, mesh: 'pair' });
  await using right = await connectJetStream({ url: server.url, mesh: 'pair' });
  const heard: string[] = [];
  await using asking = await startNode(
    { pool: 'asking', agents: [listener('asker', ['alert'], (intent) => void heard.push(`${intent.hops}`))] },
    { transport: left, mesh: 'pair' },
  );
  await using answering = await startNode(
    {
      pool: 'answering',
      agents: [
        listener('answerer', ['investigate'], async (intent, ctx) => {
          await ctx.tell(intent.from_agent, { intent_type: 'alert' });
        }),
      ],
    },
    { transport: right, mesh: 'pair' },
  );
  await asking.senderAs('asker').tell('answerer', { intent_type: 'investigate' });
  await until('the answer', () => heard.length === 1);
  expect(heard).toEqual(['1']);
  await asking.whenIdle();
  await answering.whenIdle();
});

it('A second node stands by, healthy, for the node that serves the pool', async () => {
  await using first = await connectJetStream({ url: server.url, mesh: 'twice' });
  await using second = await connectJetStream({ url: server.url, mesh: 'twice' });
  const app = { agents: [listener('only', [], () => undefined)] };
  await using node = await startNode(app, { transport: first, mesh: 'twice' });
  await using other = await startNode(app, { transport: second, mesh: 'twice' });
  expect([node.standing, other.standing]).toEqual([{ kind: 'serving' }, { kind: 'standing_by', owner: node.id }]);
  expect(other.health).toMatchObject({ status: 'ok', ready: true, reasons: [] });
});

it('One intent id on two subjects is stored twice, even when a stranger guessed it', async () => {
  await using transport = await connectJetStream({ url: server.url, mesh: 'ids' });
  const got: string[] = [];
  await using node = await startNode(
    { agents: [listener('a', ['alert'], (intent) => void got.push(`${intent.from_agent}>${intent.to_agent}`))] },
    { transport, mesh: 'ids' },
  );
  const draft = { intent_type: 'alert', intent_id: 'guessed' };
  await node.tell('a/one', draft, { from: 'a/x' });
  await node.tell('a/two', draft, { from: 'a/x' });
  await node.tell('a/one', draft, { from: 'client/thief' });
  await node.whenIdle();
  expect(got.toSorted()).toEqual(['a/x>a/one', 'a/x>a/two', 'client/thief>a/one']);
});

it('A node dead-letters what strangers publish into a mailbox, each with its code, and serves other senders meanwhile', async () => {
  await using transport = await connectJetStream({ url: server.url, mesh: 'hostile' });
  const handled: Intent[] = [];
  await using node = await startNode(
    { agents: [listener('a', ['alert'], (intent) => void handled.push(intent))] },
    { transport, mesh: 'hostile', limits: { laneCapacity: 1_000 } },
  );
  const stranger = await connect({ servers: server.url });
  const subject = `hostile.mbx.main.${partitionOf('a', 16)}.a.=.client.s.i`;
  const good: Intent = {
    intent_id: 'ok',
    from_agent: 'client/s',
    to_agent: 'a',
    intent_type: 'alert',
    context: {},
    constraints: {},
    success_criteria: {},
    timestamp: '2024-01-15T14:23:01Z',
    parent_intent_id: null,
  };
  const bad: readonly (readonly [string, string])[] = [
    ['PARLEY_MALFORMED_JSON', '{"intent_id":'],
    ['PARLEY_INVALID_INTENT', JSON.stringify({ ...good, timestamp: 'yesterday' })],
    ['PARLEY_SENDER_MISMATCH', JSON.stringify({ ...good, from_agent: 'client/other' })],
    ['PARLEY_RECEIVER_MISMATCH', JSON.stringify({ ...good, to_agent: 'a/other' })],
    ['PARLEY_UNKNOWN_INTENT_TYPE', JSON.stringify({ ...good, intent_type: 'shout' })],
    ['PARLEY_DEADLINE_PASSED', JSON.stringify({ ...good, deadline: good.timestamp })],
    ['PARLEY_UNSAFE_KEY', JSON.stringify(good).replace('"context":{}', '"context":{"__proto__":{"x":1}}')],
    ['PARLEY_INTENT_TOO_LARGE', JSON.stringify({ ...good, context: { pad: 'x'.repeat(300_000) } })],
    ['PARLEY_TOO_MANY_HOPS', JSON.stringify({ ...good, hops: 17 })],
  ];
  for (const [, text] of bad) await stranger.request(subject, text);
  await stranger.request(subject, JSON.stringify(good));
  await node.whenIdle();
  expect(handled.map(({ intent_id }) => intent_id)).toEqual(['ok']);
  const manager = await stranger.jetstreamManager();
  const letters: string[] = [];
  for (let seq = 1; seq <= bad.length; seq++) {
    const letter = await manager.streams.getMessage('HOSTILE_DEAD', { seq });
    letters.push((letter.json() as { reason: string }).reason);
  }
  expect(letters).toEqual(bad.map(([code]) => code));
  await stranger.close();
});
