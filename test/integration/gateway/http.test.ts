/** The gateway by HTTP, in front of a node on a real server. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import { InvalidOptionError, NonRetryableError } from '../../../runtime/core/errors.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../../runtime/gateway/index.ts';
import { type GatewayRig, gatewayRig } from '../../support/gateway-rig.ts';
import { until } from '../../support/jetstream-rig.ts';

let rig: GatewayRig;
const handled: Intent[] = [];
let hold: Promise<void> | undefined;

const retention = defineAgent({
  kind: 'retention',
  delivery: 'at_least_once',
  intents: {
    reduce_churn: { context: z.object({ segment: z.string() }) },
    alert: {},
  },
  receive: {
    async reduce_churn(intent) {
      await hold;
      handled.push(intent as unknown as Intent);
    },
    alert: () => Promise.reject(new NonRetryableError('never')),
  },
});

beforeAll(async () => {
  rig = await gatewayRig('http', retention, { ingress: 'off' });
});

afterAll(() => rig[Symbol.asyncDispose]());

const nodeName = 'client/node-01a2097d-3c4e-7f00-8000-0123456789ab';
const churn = { to_agent: 'retention', intent_type: 'reduce_churn', context: { segment: 'high_value' } };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { error?: { code: string; message: string; retry_after_ms?: number } };
}

async function call(path: string, init: RequestInit & { readonly at?: Gateway } = {}): Promise<Answer> {
  const response = await fetch(`${(init.at ?? rig.gateway).url}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Answer['body'] };
}

const post = (document: unknown, headers: Record<string, string> = {}, at?: Gateway): Promise<Answer> =>
  call('/v1/intents', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof document === 'string' ? document : JSON.stringify(document),
    ...(at === undefined ? {} : { at }),
  });

describe('an intent by HTTP', () => {
  it('An intent by HTTP gets a ticket, and is handled', async () => {
    const { status, body, headers } = await post(churn);
    expect([status, headers.get('location')]).toEqual([202, `/v1/intents/${String(body.ticket)}`]);
    expect(body).toMatchObject({ to: 'retention', stream: 'HTTP_MBX_MAIN' });
    await rig.node.whenIdle();
    expect(handled.at(-1)).toMatchObject({
      intent_id: body.intent_id,
      from_agent: 'client/http',
      context: churn.context,
    });
  });

  it('A ticket follows its intent: waiting, handled, dead', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const { body } = await post(churn);
    const path = `/v1/intents/${String(body.ticket)}`;
    expect((await call(path)).body).toEqual({ intent_id: body.intent_id, state: 'waiting' });
    release();
    hold = undefined;
    await rig.node.whenIdle();
    expect((await call(path)).body).toEqual({ intent_id: body.intent_id, state: 'handled' });
    const dead = await post({ ...churn, intent_type: 'alert' });
    await rig.node.whenIdle();
    expect((await call(`/v1/intents/${String(dead.body.ticket)}`)).body).toMatchObject({
      state: 'dead',
      reason: 'PARLEY_NON_RETRYABLE',
      errors: ['never'],
      attempts: 1,
    });
  });

  it('An intent with an idempotency key is stored once, and gets the same ticket again', async () => {
    const before = handled.length;
    const key = { 'idempotency-key': 'order-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(churn, key)));
    answers.push(await post(churn, key));
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body.ticket)}`)).size).toBe(1);
    expect(answers.at(-1)?.headers.get('idempotent-replayed')).toBe('true');
    await rig.node.whenIdle();
    expect(handled.length - before).toBe(1);
  });

  it('An intent with a used key and another body is refused', async () => {
    const key = { 'idempotency-key': 'order-2' };
    await post(churn, key);
    const { status, body } = await post({ ...churn, context: { segment: 'other' } }, key);
    expect([status, body.error?.code]).toEqual([409, 'PARLEY_IDEMPOTENCY_CONFLICT']);
  });

  it('A refused intent may be corrected and sent again with its key', async () => {
    const key = { 'idempotency-key': 'order-3' };
    expect((await post({ ...churn, context: {} }, key)).status).toBe(422);
    expect((await post(churn, key)).status).toBe(202);
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{"to_agent":', 400, 'PARLEY_MALFORMED_JSON'],
    ['no object', '[]', 400, 'PARLEY_INVALID_INTENT'],
    ['no receiver', { intent_type: 'alert' }, 400, 'PARLEY_MISSING_RECEIVER'],
    ['no type', { to_agent: 'retention' }, 400, 'PARLEY_INVALID_INTENT'],
    ['an unknown field', { ...churn, priority: 1 }, 400, 'PARLEY_INVALID_INTENT'],
    ['an unknown kind', { ...churn, to_agent: 'nobody' }, 404, 'PARLEY_UNKNOWN_AGENT'],
    ['an unknown type', { ...churn, intent_type: 'shout' }, 422, 'PARLEY_UNKNOWN_INTENT_TYPE'],
    ['a context that breaks its schema', { ...churn, context: { segment: 7 } }, 422, 'PARLEY_SCHEMA_VIOLATION'],
    ["an agent's name", { ...churn, from_agent: 'retention' }, 403, 'PARLEY_FOREIGN_SENDER'],
    ["a keyed agent's name", { ...churn, from_agent: 'odd/x' }, 403, 'PARLEY_FOREIGN_SENDER'],
    ["a client's without a name", { ...churn, from_agent: 'client' }, 403, 'PARLEY_FOREIGN_SENDER'],
    ['the name of a node', { ...churn, from_agent: nodeName }, 403, 'PARLEY_FOREIGN_SENDER'],
    [
      'a key that reaches prototypes',
      '{"to_agent":"retention","intent_type":"alert","context":{"__proto__":{}}}',
      400,
      'PARLEY_UNSAFE_KEY',
    ],
    ['a deadline in the past', { ...churn, deadline: '2020-01-01T00:00:00Z' }, 400, 'PARLEY_DEADLINE_PASSED'],
    [
      'a document that is too large',
      { ...churn, context: { segment: 'x'.repeat(300_000) } },
      413,
      'PARLEY_INTENT_TOO_LARGE',
    ],
  ])('An intent with %s is refused with a typed error', async (_what, document, status, code) => {
    const answer = await post(document);
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });

  it('A body of 10 MB is refused without being read, announced or not', async () => {
    const announced = await post('x'.repeat(10_000_000)).catch(() => undefined);
    if (announced !== undefined) expect(announced.status).toBe(413);
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sending = request(`${rig.gateway.url}/v1/intents`, { method: 'POST', headers }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      sending.on('error', reject);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      for (let sent = 0; sent < 512 * 1024; sent += chunk.length) sending.write(chunk);
    });
    expect(status).toBe(413);
  });
});

it('10,000 malformed requests are answered, while valid ones are served', async () => {
  const wrong = [
    '{',
    '[]',
    '{"to_agent":1}',
    '"x"',
    '{"to_agent":"retention"}',
    '{"to_agent":"A B","intent_type":"x"}',
  ];
  const statuses = new Map<number, number>();
  let left = 10_000;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { status } = await post(wrong[left % wrong.length] ?? '');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const workers = Array.from({ length: 32 }, worker);
  const good = await Promise.all(Array.from({ length: 20 }, () => post(churn)));
  await Promise.all(workers);
  expect([...statuses]).toEqual([[400, 10_000]]);
  expect(good.every(({ status }) => status === 202)).toBe(true);
});

describe('the address of a gateway', () => {
  it.each<[GatewayOptions]>([[{ host: '0.0.0.0' }], [{ host: '::' }], [{ host: '192.168.1.1' }]])(
    'The gateway refuses to listen on %j without a token',
    async (options) => {
      await expect(startGateway(rig.node, options)).rejects.toBeInstanceOf(InvalidOptionError);
    },
  );

  it('A gateway with a token answers only clients that send it; health is public', async () => {
    const token = 'a-token-of-some-length';
    await using guarded = await startGateway(rig.node, { host: '0.0.0.0', token });
    const at = { ...guarded, url: `http://127.0.0.1:${guarded.port}` } as Gateway;
    expect((await post(churn, {}, at)).status).toBe(401);
    expect((await post(churn, { authorization: 'Bearer wrong' }, at)).status).toBe(401);
    expect((await call('/metrics', { at })).status).toBe(401);
    expect((await call('/healthz', { at })).status).toBe(200);
    expect((await post(churn, { authorization: `Bearer ${token}` }, at)).status).toBe(202);
  });

  it('A gateway reports an address that is taken', async () => {
    await expect(startGateway(rig.node, { port: rig.gateway.port })).rejects.toMatchObject({
      code: 'PARLEY_GATEWAY_ADDRESS',
    });
  });
});

it('A client that sends too fast learns when to retry', async () => {
  await using slow = await startGateway(rig.node, { ingress: { ratePerSecond: 0.5, burst: 2 } });
  const answers = [await post(churn, {}, slow), await post(churn, {}, slow), await post(churn, {}, slow)];
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
  expect(answers[2]?.body.error?.code).toBe('PARLEY_INGRESS_LIMITED');
  expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await post({ ...churn, from_agent: 'client/other' }, {}, slow)).status).toBe(202);
});

it('The gateway reports the health of its node', async () => {
  expect((await call('/healthz')).body).toEqual({ status: 'ok', ready: true, reasons: [] });
  expect((await call('/readyz')).status).toBe(200);
  expect((await call('/nowhere')).status).toBe(404);
  expect((await call('/v1/intents', { method: 'DELETE' })).status).toBe(405);
  expect((await call('/v1/intents/nonsense')).status).toBe(400);
});

it('The gateway serves Prometheus metrics, with labels that strangers cannot multiply', async () => {
  for (let n = 0; n < 50; n++) await post({ ...churn, from_agent: `client/c${n}`, to_agent: `retention/k${n}` });
  await rig.node.whenIdle();
  await until('acknowledged', async () => (await rig.node.place.transport.pools.backlog('main')) === 0);
  const response = await fetch(`${rig.gateway.url}/metrics`);
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(text).toMatch(/^parley_ready 1$/m);
  expect(text).toMatch(/^parley_mailbox_depth\{kind="retention"\} 0$/m);
  expect(text).toMatch(/^parley_pool_backlog 0$/m);
  expect(text).toMatch(/^parley_handling_seconds_count\{kind="retention",end="handled"\} \d\d+$/m);
  expect(text).toMatch(/^parley_intents_dead_total\{kind="retention"\} \d+$/m);
  expect(text.split('\n').filter((line) => line.startsWith('parley_')).length).toBeLessThan(150);
});

it('The gateway stops although clients keep sending on open connections', async () => {
  const busy = await startGateway(rig.node, { ingress: 'off', nats: false });
  const clients = Array.from({ length: 10 }, () => ({ answers: 0 }));
  let stopped = false;
  const sending = clients.map(async (client) => {
    while (!stopped) {
      const answer = await fetch(`${busy.url}/healthz`).then(
        (response) => response.text(),
        () => undefined,
      );
      if (answer !== undefined) client.answers++;
    }
  });
  await until('each client goes on after an answer', () => clients.every(({ answers }) => answers > 1));
  await busy.stop();
  stopped = true;
  await Promise.all(sending);
});
