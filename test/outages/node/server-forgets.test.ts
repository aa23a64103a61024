/** A killed nats-server forgets ids of intents and the messages that it stored last. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ticket } from '../../../runtime/core/ticket.ts';
import { type Agent, defineAgent, type Node, startNode } from '../../../runtime/index.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { PlainServer } from '../../support/plain-server.ts';

const mesh = 'forgets';
/** The store knows an id for twice as long: a busy machine takes its time to start a server. */
const limits = { sendDeadlineMs: 150_000 };
const handled: string[] = [];
/** Opened one by one: what an intent of type "hold" waits for. */
const gates = new Map<string, () => void>();
let server: PlainServer;
let transport: Transport;

const worker: Agent = defineAgent({
  kind: 'worker',
  keyed: true,
  delivery: 'at_least_once',
  intents: { alert: {}, hold: {} },
  async receive({ intent_id, intent_type }) {
    if (intent_type === 'hold') await new Promise<void>((resolve) => gates.set(intent_id, resolve));
    handled.push(intent_id);
  },
});

const serve = (agents: readonly Agent[] = [worker]): Promise<Node> =>
  startNode({ agents }, { transport, mesh, limits });

async function tell(node: Node, intent_id: string, intent_type = 'alert'): Promise<number> {
  const to = `worker/${intent_id}`;
  return ((await node.tell(to, { intent_type, intent_id }, { mode: 'wait' })) as Ticket).seq;
}

async function tellAll(node: Node, ids: readonly string[], intent_type = 'alert'): Promise<readonly number[]> {
  const seqs: number[] = [];
  for (const id of ids) seqs.push(await tell(node, id, intent_type));
  return seqs;
}

const isAway = (): Promise<void> => until('the node knows that it is away', () => !transport.isConnected);

async function restart(): Promise<void> {
  await server.kill();
  await isAway();
  server.start();
  await until('it is back', () => transport.isConnected);
}

const releaseAll = (ids: readonly string[]): void => {
  for (const id of ids) gates.get(id)?.();
};

beforeEach(async () => {
  handled.length = 0;
  gates.clear();
  server = await PlainServer.open();
  server.start();
  transport = await connectJetStream({ url: server.url, mesh, whenUnavailable: 'wait', say: () => undefined });
});

afterEach(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

describe('the id of an intent within the duplicate window', () => {
  it('The server knows an intent id as long as it lives, also of a handled intent', async () => {
    await using node = await serve();
    const seq = await tell(node, 'a');
    await node.whenIdle();
    expect(await tell(node, 'a')).toBe(seq);
    await node.whenIdle();
    expect(handled).toEqual(['a']);
  });

  it('The server knows the id of a waiting intent after a restart', async () => {
    await using client = await serve([]);
    // the pool is made, and no node serves it
    await (await serve()).stop();
    const seq = await tell(client, 'a');
    await restart();
    expect(await tell(client, 'a')).toBe(seq);
    await using node = await serve();
    await node.whenIdle();
    expect(handled).toEqual(['a']);
  });

  it('The server knows the id of a running intent after a restart, and the intent is handled once', async () => {
    await using node = await serve();
    const seq = await tell(node, 'a', 'hold');
    await until('it is in hand', () => gates.has('a'));
    await restart();
    expect(await tell(node, 'a', 'hold')).toBe(seq);
    releaseAll(['a']);
    await node.whenIdle();
    expect(handled).toEqual(['a']);
  });

  it('The server forgets the id of a handled intent in a restart: the intent is stored and handled again', async () => {
    await using node = await serve();
    const seq = await tell(node, 'a');
    await node.whenIdle();
    await restart();
    expect(await tell(node, 'a')).toBeGreaterThan(seq);
    await node.whenIdle();
    expect(handled).toEqual(['a', 'a']);
  });
});

describe('a server that reuses the sequences of lost messages', () => {
  const [kept, acknowledged, inHand] = [
    ['k1', 'k2'],
    ['b1', 'b2', 'b3', 'b4'],
    ['c1', 'c2', 'c3'],
  ];
  const later = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9'];

  /** Sends, copies the store, sends more, and puts the copy back. @returns the sequences that are lost */
  async function loseTail(node: Node): Promise<readonly number[]> {
    await tellAll(node, ['a1', 'a2', 'a3']);
    await tellAll(node, kept, 'hold');
    await until('they are in hand', () => kept.every((id) => gates.has(id)));
    await until('the rest is acknowledged', async () => (await transport.pools.backlog('main')) === kept.length);
    const copy = await server.copyStore();
    const lost = [...(await tellAll(node, acknowledged)), ...(await tellAll(node, inHand, 'hold'))];
    await until('they are in hand', () => inHand.every((id) => gates.has(id)));
    // in the copy it still waits
    releaseAll(['k1']);
    const left = inHand.length + 1;
    await until('the rest is acknowledged', async () => (await transport.pools.backlog('main')) === left);
    await server.kill();
    await isAway();
    await server.putBack(copy);
    server.start();
    await until('it is back', () => transport.isConnected);
    return lost;
  }

  const once = (...ids: readonly (readonly string[])[]): readonly string[] => ids.flat().toSorted();

  it('A message at a reused sequence is handled, while the older one is still running', async () => {
    await using node = await serve();
    const lost = await loseTail(node);
    const seqs = await tellAll(node, later);
    expect(seqs.slice(0, lost.length)).toEqual(lost);
    releaseAll([...inHand, 'k2']);
    await node.whenIdle();
    expect(handled.toSorted()).toEqual(once(['a1', 'a2', 'a3'], kept, acknowledged, inHand, later));
  });

  it('A message at a reused sequence is not acknowledged by the older one', async () => {
    await using node = await serve();
    const lost = await loseTail(node);
    const seqs = await tellAll(node, later, 'hold');
    expect(seqs.slice(0, lost.length)).toEqual(lost);
    await until('they are in hand', () => later.every((id) => gates.has(id)));
    releaseAll([...inHand, 'k2']);
    await until('those are handled', () => inHand.every((id) => handled.includes(id)));
    await until('what was kept is acknowledged', async () => (await transport.pools.backlog('main')) === later.length);
    // another node finds all of them
    await node.stop({ drainMs: 0 });
    await using next = await serve();
    await until('they are in hand again', () => next.counts.handling === later.length);
    expect(await transport.pools.backlog('main')).toBe(later.length);
    releaseAll(later);
    await next.whenIdle();
    expect(later.filter((id) => !handled.includes(id))).toEqual([]);
  });

  it('A node that starts afterwards handles the message at a reused sequence', async () => {
    const node = await serve();
    const lost = await loseTail(node);
    await node.stop({ drainMs: 0 });
    gates.clear();
    await using next = await serve();
    const seqs = await tellAll(next, later);
    expect(seqs.slice(0, lost.length)).toEqual(lost);
    await until('what was kept is in hand again', () => gates.has('k2'));
    releaseAll(['k2']);
    await until('everything is handled', async () => {
      // the first node may have acknowledged it, or not
      releaseAll(['k1']);
      return (await transport.pools.backlog('main')) === 0;
    });
    expect(later.filter((id) => !handled.includes(id))).toEqual([]);
  });
});
