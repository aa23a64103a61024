/** `parley run`: a daemon from start to SIGTERM, on a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../../../runtime/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { type RunningCommand, runParley, runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { PlainServer } from '../../support/plain-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

const app = 'test/processes/cli/fixtures/app.ts';
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const daemon = (words: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand =>
  runScript('runtime/cli/parley.ts', ['run', ...words], { NATS_URL: server.url, ...env });

async function addressOf(run: RunningCommand): Promise<string> {
  return (await run.line(/intents at (http:\S+)$/))[1] ?? '';
}

const send = async (url: string, to = 'worker'): Promise<number> => {
  const body = JSON.stringify({ to_agent: to, intent_type: 'alert' });
  return (await fetch(`${url}/v1/intents`, { method: 'POST', body, headers: { 'content-type': 'application/json' } }))
    .status;
};

it('run serves an app, drains at SIGTERM, and leaves nothing half done', async () => {
  const run = daemon([app], { PARLEY_MESH: 'daemon' });
  const url = await addressOf(run);
  await run.line(/^ready: node-\S+ serves pool "main"$/);
  for (let n = 0; n < 10; n++) expect(await send(url, `worker/k${n % 5}`)).toBe(202);
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  const [, told] = /^stopped: (\d+) intents left/.exec(run.lines.at(-1) ?? '') ?? [];
  await using transport = await connectJetStream({ url: server.url, mesh: 'daemon' });
  const left = await transport.pools.backlog('main');
  expect(Number(told)).toBe(left);
  expect(left).toBeLessThanOrEqual(10);
  expect(await transport.bucket('registry').list('node')).toEqual([]);

  const next = daemon([app], { PARLEY_MESH: 'daemon' });
  await next.line(/^ready/);
  await until('the rest is handled', async () => (await transport.pools.backlog('main')) === 0);
  expect(await transport.log('dead').last()).toBe(0);
  next.process.kill('SIGTERM');
  expect(await next.ended).toBe(0);
});

it('run reports how many intents it leaves in the store, handled halfway or not at all', async () => {
  const run = daemon([app, '--drain', '0.01'], { PARLEY_MESH: 'leaving' });
  const url = await addressOf(run);
  await run.line(/^ready/);
  for (let n = 0; n < 40; n++) expect(await send(url, 'worker/slow')).toBe(202);
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  await using transport = await connectJetStream({ url: server.url, mesh: 'leaving' });
  const left = await transport.pools.backlog('main');
  expect(left).toBeGreaterThan(0);
  expect(run.lines.at(-1)).toBe(`stopped: ${left} intents left in the pool, 0 sends without an answer`);
});

it('run makes no guess at the intents that it leaves when its server is away', async () => {
  await using gone = await PlainServer.open();
  gone.start();
  const run = daemon([app, '--log', 'silent', '--drain', '0.2'], { NATS_URL: gone.url });
  const url = await addressOf(run);
  await run.line(/^ready/);
  for (let n = 0; n < 20; n++) expect(await send(url, 'worker/slow')).toBe(202);
  await gone.kill();
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(run.lines.at(-1)).toMatch(/^stopped: the store does not say how many intents are left/);
});

it('run starts without its server, reports that it is not ready, and is ready when the server comes', async () => {
  await using late = await PlainServer.open();
  const run = daemon([app, '--log', 'error'], { NATS_URL: late.url });
  const url = await addressOf(run);
  const ready = async (): Promise<number> => (await fetch(`${url}/readyz`)).status;
  expect(await ready()).toBe(503);
  await until('it says why', async () => {
    const health = (await (await fetch(`${url}/healthz`)).json()) as Health;
    return health.reasons.join().includes('connection refused');
  });
  late.start();
  await run.line(/^ready/);
  expect(await ready()).toBe(200);
  run.process.kill('SIGINT');
  expect(await run.ended).toBe(0);
});

describe('a faulty start of a daemon', () => {
  it.each<[string, readonly string[], NodeJS.ProcessEnv, RegExp]>([
    ['an app that is not there', ['nowhere.ts'], {}, /"nowhere.ts" is not there.*PARLEY_APP_MODULE/],
    ['a module without an app', ['runtime/core/fifo.ts'], {}, /PARLEY_APP_MODULE/],
    ['a module with something else', ['test/support/agents.ts'], {}, /has no app.*PARLEY_APP_MODULE/],
    ['an address of the network without a token', [app, '--http', '0.0.0.0:0'], {}, /unless a token is set/],
    ['an invalid mesh name', [app], { PARLEY_MESH: 'No Mesh' }, /PARLEY_INVALID_ID/],
    ['limits that are none', [app, '--config', 'test/processes/cli/fixtures/bad-limits.json'], {}, /limits\.attempts/],
  ])('A daemon names the fault, and ends with 1: %s', async (_what, words, env, pattern) => {
    const run = daemon(words, env);
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toMatch(pattern);
    expect(run.errors.join('\n')).not.toMatch(/^\s+at /m);
  });

  it('A daemon with a kind of another pool names the fault, and ends with 1', async () => {
    await using transport = await connectJetStream({ url: server.url, mesh: 'taken' });
    await transport.bucket('meshConfig').write('kind.worker', JSON.stringify({ v: 1, pool: 'other', group: null }), 0);
    const run = daemon([app], { PARLEY_MESH: 'taken' });
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toMatch(/PARLEY_KIND_CONFLICT/);
  });
});

it('doctor prints its findings, and ends with 1 when one is bad', async () => {
  const good = runParley(['doctor', '--json'], { NATS_URL: server.url });
  expect(await good.ended).toBe(0);
  const findings = good.lines.map((line) => JSON.parse(line) as { what: string; state: string; found: string });
  expect(findings.find(({ what }) => what === 'nats-server')).toMatchObject({
    state: 'good',
    found: expect.stringContaining('NATS_URL: nats-server') as string,
  });
  const bad = runParley(['doctor'], { NATS_URL: 'nats://127.0.0.1:1' });
  expect(await bad.ended).toBe(1);
  expect(bad.lines.join('\n')).toMatch(/^bad +nats-server +NATS_URL: connecting/m);
});

it('run refuses an address that others could reach without a token, before anything is started', async () => {
  const run = daemon([app, '--http', '0.0.0.0:0']);
  expect(await run.ended).toBe(1);
  expect([run.lines, run.errors.length]).toEqual([[], 1]);
  expect(run.errors[0]).toContain('must be a loopback address unless a token is set');
});

describe('a daemon with a Redis', () => {
  const slow = 'test/processes/cli/fixtures/slow-ingress.json';

  it('Two daemons of a mesh share the bucket of a client in Redis, and use their own when Redis dies', async (test) => {
    await using redis = await RedisServer.start(test);
    const env = { REDIS_URL: redis.url, PARLEY_MESH: 'shared' };
    const first = daemon([app, '--config', slow], env);
    const second = daemon(['test/processes/cli/fixtures/other-app.ts', '--config', slow], env);
    const urls = [await addressOf(first), await addressOf(second)] as const;
    for (const run of [first, second]) await run.line(/^ready/);
    const isShared = async (url: string): Promise<boolean> =>
      (await (await fetch(`${url}/metrics`)).text()).includes('parley_ingress_shared 1');
    expect([await send(urls[0]), await send(urls[1], 'other')]).toEqual([202, 202]);
    expect([await send(urls[0]), await send(urls[1], 'other')]).toEqual([429, 429]);
    expect([await isShared(urls[0]), await isShared(urls[1])]).toEqual([true, true]);
    await redis.kill();
    expect([await send(urls[0]), await send(urls[1], 'other')]).toEqual([202, 202]);
    expect([await isShared(urls[0]), await isShared(urls[1])]).toEqual([false, false]);
    for (const run of [first, second]) run.process.kill('SIGTERM');
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
  });

  it('An invalid Redis address ends the daemon with one line, before anything is started', async () => {
    const run = daemon([app], { REDIS_URL: 'localhost' });
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toMatch(/REDIS_URL.*redis:\/\/127/);
    expect(run.lines).toEqual([]);
  });
});
