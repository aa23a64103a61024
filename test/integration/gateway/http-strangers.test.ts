/** Strangers at the HTTP door: browsers, half-sent requests, floods of connections, parallel requests with one key. */
import { once } from 'node:events';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../../runtime/gateway/index.ts';
import { listener } from '../../support/agents.ts';
import { type GatewayRig, gatewayRig } from '../../support/gateway-rig.ts';

const token = 'a-token-of-some-length';
const handled: Intent[] = [];
let rig: GatewayRig;

beforeAll(async () => {
  const orders = listener('orders', ['alert'], (intent) => void handled.push(intent));
  rig = await gatewayRig('strangers', orders, { ingress: 'off', nats: false, origins: ['https://ops.example'] });
});

afterAll(() => rig[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly code: string | undefined;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly at?: Gateway;
}

const json = { 'content-type': 'application/json' };
const alert = JSON.stringify({ to_agent: 'orders', intent_type: 'alert' });

/** A request as it stands: nothing is added that a browser or a client library would add. */
async function ask({
  method = 'POST',
  path = '/v1/intents',
  headers = json,
  body,
  at = rig.gateway,
}: Asked): Promise<Answer> {
  const sending = request({ host: '127.0.0.1', port: at.port, method, path, headers, agent: false });
  const answered = once(sending, 'response');
  sending.end(method === 'POST' ? (body ?? alert) : body);
  const [response] = await answered;
  const answer = await text(response);
  const { error } = answer.startsWith('{') ? (JSON.parse(answer) as { error?: { code: string } }) : {};
  return { status: response.statusCode, headers: response.headers, body: answer, code: error?.code };
}

async function guarded(options: GatewayOptions): Promise<Gateway> {
  const started = await startGateway(rig.node, { nats: false, ...options });
  onTestFinished(() => started.stop());
  return started;
}

describe('requests that a page can send without a preflight', () => {
  it.each<[string, OutgoingHttpHeaders, number, string]>([
    ['no content type', {}, 415, 'PARLEY_CONTENT_TYPE'],
    ['an empty content type', { 'content-type': '' }, 415, 'PARLEY_CONTENT_TYPE'],
    ['the type of a form', { 'content-type': 'text/plain' }, 415, 'PARLEY_CONTENT_TYPE'],
    ['a type that ends like JSON', { 'content-type': 'application/vnd.x+json' }, 415, 'PARLEY_CONTENT_TYPE'],
    [
      'JSON in another character set',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'PARLEY_CONTENT_TYPE',
    ],
    ['JSON among other types', { 'content-type': 'text/plain, application/json' }, 415, 'PARLEY_CONTENT_TYPE'],
    ['a name that was pointed at loopback', { ...json, host: 'evil.example' }, 421, 'PARLEY_HOST'],
    ['its origin', { ...json, origin: 'https://evil.example' }, 403, 'PARLEY_ORIGIN'],
    ['the origin of a page without one', { ...json, origin: 'null' }, 403, 'PARLEY_ORIGIN'],
    ['a request of another site', { ...json, 'sec-fetch-site': 'cross-site' }, 403, 'PARLEY_ORIGIN'],
  ])('%s from a page is refused, and nothing is sent', async (_what, headers, status, code) => {
    const before = handled.length;
    const answer = await ask({ headers });
    expect([answer.status, answer.code]).toEqual([status, code]);
    await rig.node.whenIdle();
    expect(handled.length).toBe(before);
  });

  it.each(['/healthz', '/readyz', '/metrics', '/v1/intents/x', '/nowhere'])(
    'A request for %s in the name of another host is refused',
    async (path) => {
      expect((await ask({ method: 'GET', path, headers: { host: 'evil.example' } })).status).toBe(421);
    },
  );

  it('JSON in UTF-8 is accepted by any spelling of its type', async () => {
    for (const type of ['application/json', 'Application/JSON', 'application/json;charset="UTF-8"']) {
      expect((await ask({ headers: { 'content-type': type } })).status).toBe(202);
    }
  });

  it('A listed origin is answered, after the preflight of its browser', async () => {
    const origin = 'https://ops.example';
    const question = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const first = await ask({ method: 'OPTIONS', headers: question });
    expect(first).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST, OPTIONS',
        vary: 'origin',
      },
    });
    expect(first.headers['access-control-allow-headers']).toContain('content-type');
    expect(await ask({ headers: { ...json, origin } })).toMatchObject({
      status: 202,
      headers: { 'access-control-allow-origin': origin },
    });
    const foreign = await ask({ method: 'OPTIONS', headers: { ...question, origin: 'https://evil.example' } });
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });
});

describe('methods and targets', () => {
  it('HEAD is answered as GET, without the body', async () => {
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => ask({ method, path: '/healthz', headers: {} })),
    );
    expect([head?.status, head?.body, head?.headers['content-type']]).toEqual([200, '', 'application/json']);
    expect(head?.headers['content-length']).toBe(get?.headers['content-length']);
  });

  it.each([
    ['DELETE', '/v1/intents', 'POST, OPTIONS'],
    ['GET', '/v1/intents', 'POST, OPTIONS'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['PUT', '/v1/intents/some-ticket', 'GET, HEAD, OPTIONS'],
  ])('%s %s is refused, and the answer lists the permitted methods', async (method, path, allow) => {
    const answer = await ask({ method, path });
    expect([answer.status, answer.code, answer.headers.allow]).toEqual([405, 'PARLEY_METHOD', allow]);
  });

  it('OPTIONS lists the permitted methods', async () => {
    expect(await ask({ method: 'OPTIONS', path: '*', headers: {} })).toMatchObject({ status: 204, body: '' });
    const one = await ask({ method: 'OPTIONS', path: '/healthz', headers: {} });
    expect([one.status, one.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it.each([
    ['CONNECT a.example:443 HTTP/1.1', 'host: a.example:443', 405, 'PARLEY_METHOD'],
    ['CONNECT ', 'host: 127.0.0.1', 405, 'PARLEY_METHOD'],
    ['CONNECT 127.0.0.1:4222 HTTP/1.0', 'x-any: 1', 405, 'PARLEY_METHOD'],
    ['GET /healthz HTTP/1.1', 'host: 127.0.0.1\r\nexpect: a-miracle', 417, 'PARLEY_EXPECTATION'],
    ['POST /v1/intents HTTP/1.1', 'host: 127.0.0.1\r\nexpect: 200-ok\r\ncontent-length: 9', 417, 'PARLEY_EXPECTATION'],
    ['PUT /healthz HTTP/1.1', 'host: 127.0.0.1\r\nexpect: \t', 417, 'PARLEY_EXPECTATION'],
  ])('%s with %j is answered with %d and the reason', async (line, fields, status, code) => {
    const socket = connect(rig.gateway.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`${line}\r\n${fields}\r\nconnection: close\r\n\r\n`);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const document = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { readonly error: object };
    expect(document.error).toMatchObject({ code, retryable: false });
  });

  it('An absolute target is read, and its host is checked', async () => {
    const path = `http://127.0.0.1:${rig.gateway.port}/healthz`;
    expect((await ask({ method: 'GET', path, headers: { host: 'evil.example' } })).status).toBe(200);
    expect((await ask({ method: 'GET', path: 'http://evil.example/healthz', headers: {} })).status).toBe(421);
  });

  it.each(['__proto__', 'constructor', 'toString', '/v1/intents/../../healthz', '//', '/v1/intents/%00'])(
    'Path %s is answered with a typed error',
    async (name) => {
      const answer = await ask({ method: 'GET', path: name.startsWith('/') ? name : `/${name}`, headers: {} });
      expect([400, 404]).toContain(answer.status);
      expect(answer.code).toMatch(/^PARLEY_/);
    },
  );
});

describe('bytes that are not a request', () => {
  const raw = async (bytes: string): Promise<string> => {
    const socket = connect(rig.gateway.port, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  };

  it.each<[string, string, RegExp]>([
    ['nonsense', 'hello\r\n\r\n', /^HTTP\/1\.1 400 .*PARLEY_BAD_REQUEST/s],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00', /^HTTP\/1\.1 400 .*PARLEY_BAD_REQUEST/s],
    ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 400 .*PARLEY_HOST/s],
    [
      'two hosts',
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nHost: evil.example\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 400 .*PARLEY_HOST/s,
    ],
    [
      'headers without an end',
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 .*PARLEY_BAD_REQUEST/s,
    ],
    [
      'a body with two lengths',
      'POST /v1/intents HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
      /^HTTP\/1\.1 400 .*PARLEY_BAD_REQUEST/s,
    ],
  ])('%s is answered with a typed error', async (_what, bytes, answer) => {
    expect(await raw(bytes)).toMatch(answer);
  });

  it('A body that is too large is refused before its token is checked', async () => {
    const locked = await guarded({ token });
    const headers = { ...json, 'content-length': '300000' };
    for (const [method, path] of [
      ['POST', '/v1/intents'],
      ['GET', '/healthz'],
      ['GET', '/metrics'],
    ] as const) {
      const sending = request({ host: '127.0.0.1', port: locked.port, method, path, headers, agent: false });
      sending.on('error', () => undefined);
      sending.flushHeaders();
      const [response] = await once(sending, 'response');
      expect(response.statusCode).toBe(413);
      sending.destroy();
    }
  });
});

describe('1,100 connections that send', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['half of their headers', 'GET /healthz HTTP/1.1\r\nhost: local'],
    [
      'headers without the body',
      'POST /v1/intents HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n' +
        'content-type: application/json\r\n\r\n{',
    ],
  ])('Health stays available while 1,100 connections send %s', async (_what, bytes) => {
    const sockets: Socket[] = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    for (let n = 0; n < 1_100; n++) {
      const socket = connect(rig.gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write(bytes);
    }
    expect((await ask({ method: 'GET', path: '/healthz', headers: {} })).status).toBe(200);
    expect((await ask({})).status).toBe(202);
  });
});

describe('parallel requests with one key', () => {
  const keyed = (key: string, at: Gateway): Promise<Answer> =>
    ask({ headers: { ...json, 'idempotency-key': key }, at });
  const tickets = (answers: readonly Answer[]): ReadonlySet<string> =>
    new Set(
      answers.filter(({ status }) => status === 202).map(({ body }) => (JSON.parse(body) as { ticket: string }).ticket),
    );

  it('Parallel requests with one key are handled once, although the ingress refuses some', async () => {
    const slow = await guarded({ ingress: { ratePerSecond: 1, burst: 1 } });
    const other = await guarded({ ingress: { ratePerSecond: 1, burst: 1 } });
    for (let round = 0; round < 5; round++) {
      const before = handled.length;
      const key = `round-${round}`;
      const answers = [...(await Promise.all([slow, other, slow, other].map((at) => keyed(key, at))))];
      while (tickets(answers).size === 0) answers.push(...(await Promise.all([keyed(key, slow), keyed(key, other)])));
      expect(tickets(answers).size).toBe(1);
      for (const { status, headers } of answers) {
        expect([202, 409, 429]).toContain(status);
        if (status !== 202) expect(headers['retry-after']).toBeDefined();
      }
      await rig.node.whenIdle();
      expect(handled.length - before).toBe(1);
    }
  });

  it('300 parallel requests with one key are handled once', async () => {
    const before = handled.length;
    const answers = await Promise.all(Array.from({ length: 300 }, () => keyed('many', rig.gateway)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(tickets(answers).size).toBe(1);
    await rig.node.whenIdle();
    expect(handled.length - before).toBe(1);
  });
});
