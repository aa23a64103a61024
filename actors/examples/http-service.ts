/**
 * Parley inside an ordinary HTTP service, which lives on while NATS is away.
 *
 * POST /orders        takes an order: 202 with its ticket, 503 while the mesh cannot take it
 * GET  /orders/<id>   what became of it
 * GET  /healthz       the node's health: "degraded" and why, while NATS is away
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Agent, defineAgent, type Node, ParleyError, startNode } from '../../runtime/index.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';

const fulfil = { context: z.object({ order: z.string().min(1), item: z.string().min(1) }) };

/** What the service knows of its orders; a real one keeps them in its database. */
type Orders = Map<string, 'accepted' | 'fulfilled'>;

const fulfilment = (orders: Orders): Agent =>
  defineAgent({
    kind: 'fulfilment',
    delivery: 'at_least_once',
    intents: { fulfil },
    receive: ({ context }) => void orders.set(context.order, 'fulfilled'),
  });

export interface Shop extends AsyncDisposable {
  readonly node: Node;
  readonly server: Server;
}

/** Resolves when the service answers, whether NATS does or not. */
export async function startShop(nats: string, port: number): Promise<Shop> {
  const orders: Orders = new Map();
  const transport = await connectJetStream({ url: nats, mesh: 'shop', whenAway: 'wait' });
  const app = { agents: [fulfilment(orders)] };
  const node = await startNode(app, {
    transport,
    mesh: 'shop',
    start: 'background',
    limits: { sendDeadlineMs: 2_000 },
  });
  const server = createServer((request, response) => void route(node, orders, request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    node,
    server,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
      await node.stop();
      await transport.close();
    },
  };
}

async function route(node: Node, orders: Orders, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const { method, url = '/' } = request;
  if (url === '/healthz') return answer(200, node.health);
  if (method === 'POST' && url === '/orders') return order(node, orders, await read(request), answer);
  const state = orders.get(url.slice('/orders/'.length));
  return state === undefined ? answer(404, { error: 'there is no such order' }) : answer(200, { state });
}

type Answer = (status: number, body: unknown, headers?: Record<string, string>) => void;

async function order(node: Node, orders: Orders, text: string, answer: Answer): Promise<void> {
  try {
    const given = fulfil.context.parse(JSON.parse(text));
    const known = orders.get(given.order);
    if (known !== undefined) return answer(200, { state: known });
    // the order's own number as the intent's: sent again, it is the same intent
    const draft = { intent_type: 'fulfil', intent_id: `order-${given.order}`, context: given };
    const ticket = await node.tell('fulfilment', draft);
    if (!orders.has(given.order)) orders.set(given.order, 'accepted');
    answer(202, { ticket });
  } catch (error) {
    const retryable = error instanceof ParleyError && error.retryable;
    const reason = error instanceof Error ? error.message : String(error);
    if (retryable) answer(503, { error: reason }, { 'retry-after': '2' });
    else answer(400, { error: reason });
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

// run by itself: `npx tsx actors/examples/http-service.ts`
if (import.meta.url === `file://${process.argv[1]}`) {
  const shop = await startShop(process.env.NATS_URL ?? 'nats://127.0.0.1:4222', Number(process.env.PORT ?? 8080));
  process.stdout.write(`the shop answers at http://127.0.0.1:${process.env.PORT ?? 8080}\n`);
  process.once('SIGTERM', () => void shop[Symbol.asyncDispose]());
  process.once('SIGINT', () => void shop[Symbol.asyncDispose]());
}
