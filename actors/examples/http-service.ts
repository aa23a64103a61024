/**
 * Embeds Parley in an ordinary HTTP service that keeps running while NATS is away. Run `npx tsx actors/examples/http-service.ts`.
 *
 * POST /orders        accepts an order: 202 with its ticket, or 503 with the reason while the mesh cannot accept it
 * GET  /orders/<id>   returns the state of the order
 * GET  /healthz       returns the node's health: "degraded" with the reason while NATS is away
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type Agent, defineAgent, type Node, ParleyError, startNode } from '../../runtime/index.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';

export interface Order {
  /** At most 50 characters: it becomes the id of the intent. */
  readonly order: string;
  readonly item: string;
}

const fulfil = { context: z.object({ order: z.string().regex(/^[\w-]{1,50}$/), item: z.string().min(1) }) };

export interface ShopOptions {
  readonly nats: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** Called again for an order whose shipping was interrupted. */
  readonly ship: (order: Order) => Promise<void> | void;
}

export interface Shop extends AsyncDisposable {
  readonly node: Node;
  readonly url: string;
}

/** The orders of the service; a real service keeps them in its database. */
type Orders = Map<string, 'accepted' | 'fulfilled'>;

const fulfilment = (orders: Orders, ship: ShopOptions['ship']): Agent =>
  defineAgent({
    kind: 'fulfilment',
    delivery: 'at_least_once',
    intents: { fulfil },
    async receive({ context }) {
      if (orders.get(context.order) === 'fulfilled') return;
      await ship(context);
      orders.set(context.order, 'fulfilled');
    },
  });

/** Resolves when the service answers, even while NATS is away. */
export async function startShop({ nats, port, ship }: ShopOptions): Promise<Shop> {
  const orders: Orders = new Map();
  const transport = await connectJetStream({ url: nats, mesh: 'shop', whenUnavailable: 'wait' });
  const app = { agents: [fulfilment(orders, ship)] };
  // the client learns within 2 s that the order cannot be accepted, instead of the default of 30
  const limits = { sendDeadlineMs: 2_000 };
  const node = await startNode(app, { transport, mesh: 'shop', start: 'background', limits });
  const server = createServer((request, response) => void answer(node, orders, request, response));
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    await node.stop();
    await transport.close();
    server.closeAllConnections();
    await closed;
  };
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { node, url, [Symbol.asyncDispose]: stop };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function answer(node: Node, orders: Orders, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = await route(node, orders, request).catch(refusal);
  // a client that has disconnected gets no answer, which is not an error
  if (response.destroyed) return;
  const headers = { 'content-type': 'application/json', ...given.headers };
  response.writeHead(given.status, headers).end(JSON.stringify(given.body));
}

async function route(node: Node, orders: Orders, request: IncomingMessage): Promise<Answer> {
  const { method, url = '/' } = request;
  if (method === 'GET' && url === '/healthz') return { status: 200, body: node.health };
  if (method === 'POST' && url === '/orders') return place(node, orders, await read(request));
  const state = method === 'GET' && url.startsWith('/orders/') ? orders.get(url.slice('/orders/'.length)) : undefined;
  if (state === undefined) return { status: 404, body: { error: `nothing is known of ${method} ${url}` } };
  return { status: 200, body: { state } };
}

async function place(node: Node, orders: Orders, text: string): Promise<Answer> {
  const order = fulfil.context.parse(JSON.parse(text));
  const known = orders.get(order.order);
  if (known !== undefined) return { status: 200, body: { state: known } };
  // uses the order number as the intent id: a resent order is the same intent
  const draft = { intent_type: 'fulfil', intent_id: `order-${order.order}`, context: order };
  const ticket = await node.tell('fulfilment', draft);
  if (!orders.has(order.order)) orders.set(order.order, 'accepted');
  return { status: 202, body: { ticket } };
}

function refusal(error: unknown): Answer {
  if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
  if (error instanceof SyntaxError) return { status: 400, body: { error: `the body is not JSON: ${error.message}` } };
  const body = { error: error instanceof Error ? error.message : String(error) };
  // the unread rest of the body would be parsed as the next request
  if (error instanceof BodyTooLongError) return { status: 413, body, headers: { connection: 'close' } };
  if (error instanceof ParleyError && error.retryable) return { status: 503, body, headers: { 'retry-after': '2' } };
  return { status: 500, body };
}

const longestBody = 64 * 1024;

class BodyTooLongError extends Error {}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > longestBody) throw new BodyTooLongError(`a body of more than ${longestBody} bytes is not read`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { NATS_URL: nats = 'nats://127.0.0.1:4222', PORT: port = '8080' } = process.env;
  const shop = await startShop({
    nats,
    port: Number(port),
    ship: ({ order, item }) => say(`shipped ${order}: ${item}`),
  });
  say(`the shop answers at ${shop.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void shop[Symbol.asyncDispose]().then(() => say('stopped')));
  }
}
