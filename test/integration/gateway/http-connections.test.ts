/** Connections at the HTTP door: pipelined requests, protocol errors among them, clients that have said all and still listen. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listener } from '../../support/agents.ts';
import { type GatewayRig, gatewayRig } from '../../support/gateway-rig.ts';

const handled: string[] = [];
let rig: GatewayRig;
let ids = 0;

beforeAll(async () => {
  const orders = listener('orders', ['alert'], ({ intent_id }) => void handled.push(intent_id));
  rig = await gatewayRig('lines', orders, { ingress: 'off', nats: false });
});

afterAll(() => rig[Symbol.asyncDispose]());

interface Post {
  readonly id: string;
  readonly bytes: string;
}

const json = 'content-type: application/json';

function post({ host = 'localhost', fields = json }: { host?: string; fields?: string } = {}): Post {
  const id = `line-${ids++}`;
  const body = JSON.stringify({ to_agent: 'orders', intent_type: 'alert', intent_id: id });
  const head = `POST /v1/intents HTTP/1.1\r\nhost: ${host}\r\n${fields}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return { id, bytes: head + body };
}

const closing = `${json}\r\nconnection: close`;
const health = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';

/** Everything that is answered until the connection ends. @param then what the client does when it has said all */
async function said(bytes: string, then: 'half_close' | 'listen' = 'listen'): Promise<string> {
  const socket = connect({ port: rig.gateway.port, host: '127.0.0.1', allowHalfOpen: true });
  if (then === 'half_close') socket.end(bytes);
  else socket.write(bytes);
  const answers = await text(socket);
  socket.destroy();
  await rig.node.whenIdle();
  return answers;
}

const statuses = (answers: string): readonly number[] =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)).filter((status) => status !== 100);

/** Intents that were answered with a ticket, in the order of the answers. */
const ticketed = (answers: string): readonly string[] =>
  [...answers.matchAll(/"intent_id":"(line-\d+)"/g)].map(([, id]) => id ?? '');

describe('a protocol error', () => {
  it.each<[string, string, readonly number[]]>([
    ['nonsense', 'XX\r\n\r\n', [202, 202, 400]],
    ['a request with two lengths', 'GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', [202, 202, 400]],
    ['headers without an end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, [202, 202, 431]],
    ['CONNECT', 'CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\n\r\n', [202, 202, 405]],
    [
      'a body that breaks its own encoding',
      `POST /v1/intents HTTP/1.1\r\nhost: localhost\r\n${json}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
      [202, 202, 400],
    ],
  ])(
    'A protocol error is answered after the requests before it, and ends the connection: %s',
    async (_what, bad, expected) => {
      const [a, b] = [post(), post()];
      const answers = await said(a.bytes + b.bytes + bad);
      expect(statuses(answers)).toEqual(expected);
      expect(ticketed(answers)).toEqual([a.id, b.id]);
    },
  );
});

describe('requests on one connection', () => {
  it.each<[string, () => readonly Post[], readonly number[], number]>([
    ['a request after one that ends the connection', () => [post(), post({ fields: closing }), post()], [202, 202], 2],
    ['requests after the first that ends the connection', () => [post({ fields: closing }), post(), post()], [202], 1],
  ])('Requests on one connection are answered in order, and no others: %s', async (_what, make, expected, stored) => {
    const posts = make();
    const answers = await said(posts.map(({ bytes }) => bytes).join(''));
    expect(statuses(answers)).toEqual(expected);
    expect(posts.map(({ id }) => handled.includes(id))).toEqual(posts.map((_post, n) => n < stored));
    expect(ticketed(answers)).toEqual(posts.slice(0, stored).map(({ id }) => id));
  });

  it.each<[string, () => Post]>([
    ['another host', () => post({ host: 'evil.example' })],
    ['another type', () => post({ fields: 'content-type: text/plain' })],
    ['an expectation', () => post({ fields: `${json}\r\nexpect: a-miracle` })],
    ['a body that is no JSON', () => ({ ...post(), bytes: post().bytes.replace('{"to', '!"to') })],
  ])('A request after one that is refused for %s is handled only if it is answered', async (_why, refused) => {
    const [before, bad, after] = [post(), refused(), post({ fields: closing })];
    const answers = await said(before.bytes + bad.bytes + after.bytes);
    const answered = ticketed(answers);
    expect(statuses(answers).slice(0, 2)).toEqual([202, expect.toSatisfy((status: number) => status >= 400)]);
    expect(handled.filter((id) => [before.id, bad.id, after.id].includes(id))).toEqual(answered);
  });

  it('Fifty requests in one packet are answered in order', async () => {
    const posts = [...Array.from({ length: 50 }, () => post()), post({ fields: closing })];
    const answers = await said(posts.map(({ bytes }) => bytes).join(''));
    expect(ticketed(answers)).toEqual(posts.map(({ id }) => id));
  });
});

describe('a half-closed client', () => {
  it('A half-closed client receives the answer to one intent', async () => {
    const one = post();
    const answers = await said(one.bytes, 'half_close');
    expect([statuses(answers), ticketed(answers)]).toEqual([[202], [one.id]]);
  });

  it('A half-closed client receives the answers to several requests', async () => {
    const [a, b] = [post(), post()];
    const answers = await said(a.bytes + health + b.bytes, 'half_close');
    expect([statuses(answers), ticketed(answers)]).toEqual([
      [202, 200, 202],
      [a.id, b.id],
    ]);
  });

  it('A half-closed client receives the answer to half a request after the answer to the one before', async () => {
    const one = post();
    const answers = await said(`${one.bytes}POST /v1/intents HTTP/1.1\r\nhost: lo`, 'half_close');
    expect([statuses(answers), ticketed(answers)]).toEqual([[202, 400], [one.id]]);
  });

  it('A half-closed client receives the answer to a health request', async () => {
    expect(statuses(await said(health, 'half_close'))).toEqual([200]);
  });
});
