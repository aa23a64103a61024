import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { listener } from '../../support/agents.ts';
import { type GatewayRig, gatewayRig } from '../../support/gateway-rig.ts';
import { until } from '../../support/jetstream-rig.ts';

const hour = 3_600_000;
const handled: Intent[] = [];
let rig: GatewayRig;

beforeAll(async () => {
  rig = await gatewayRig(
    'shop',
    listener('worker', ['alert'], (intent) => void handled.push(intent)),
  );
});

afterAll(() => rig[Symbol.asyncDispose]());

interface Answer {
  readonly intent_id?: string;
  readonly ticket?: string;
  readonly error?: { readonly code: string; readonly path?: string };
}

async function byHttp(times: object, headers: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify({ to_agent: 'worker', intent_type: 'alert', ...times });
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
  return (await (await fetch(`${rig.gateway.url}/v1/intents`, init)).json()) as Answer;
}

const byNats = async (times: object): Promise<Answer> =>
  (await rig.client.request('shop.in.client.x.worker.=', JSON.stringify({ intent_type: 'alert', ...times }))).json();

/** As a client writes it whose clock is off by so much. */
const times = (skewMs: number, lifetimeMs: number): { readonly timestamp: string; readonly deadline: string } => {
  const now = Date.now() + skewMs;
  return { timestamp: new Date(now).toISOString(), deadline: new Date(now + lifetimeMs).toISOString() };
};

async function received({ intent_id }: Answer): Promise<Intent> {
  await until('it is handled', () => handled.some((intent) => intent.intent_id === intent_id));
  return handled.find((intent) => intent.intent_id === intent_id) as Intent;
}

const doors = [
  ['HTTP', byHttp],
  ['NATS', byNats],
] as const;

describe.each(doors)('a deadline by %s, with a timestamp', (_door, send) => {
  it.each([
    ['an hour behind', -hour],
    ['an hour ahead', hour],
    ['of another decade', -20 * 365 * 24 * hour],
    ['right', 0],
  ])('A deadline of a client whose clock is %s leaves the time that the client meant', async (_what, skew) => {
    const before = Date.now();
    const { deadline = '' } = await received(await send(times(skew, 10 * 60_000)));
    const after = Date.now();
    const end = Date.parse(deadline);
    expect(end).toBeGreaterThanOrEqual(before + 10 * 60_000);
    expect(end).toBeLessThanOrEqual(after + 10 * 60_000);
  });

  it.each([
    ['before it', { timestamp: '2040-01-01T00:00:00Z', deadline: '2039-12-31T23:59:59Z' }],
    ['the same moment', { timestamp: '2040-01-01T00:00:00Z', deadline: '2040-01-01T01:00:00+01:00' }],
  ])('The gateway refuses a deadline that is %s', async (_what, given) => {
    expect((await send(given)).error).toMatchObject({ code: 'PARLEY_DEADLINE_PASSED', path: 'deadline' });
  });

  it.each([['yesterday'], [''], [null], [1_764_000_000], ['2026-02-30T00:00:00Z']])(
    'The gateway refuses to count a deadline from timestamp %j',
    async (timestamp) => {
      const refused = await send({ timestamp, deadline: '2099-01-01T00:00:00Z' });
      expect(refused.error).toMatchObject({ code: 'PARLEY_INVALID_INTENT', path: 'timestamp' });
    },
  );

  it('A deadline in the last year that can be written is kept', async () => {
    const given = { timestamp: '1970-01-01T00:00:00Z', deadline: '9999-12-31T23:59:59Z' };
    expect((await received(await send(given))).deadline).toBe('9999-12-31T23:59:59.999Z');
  });

  it.each([['soon'], [7], [null]])('The gateway refuses the invalid deadline %j', async (deadline) => {
    const refused = await send({ timestamp: new Date().toISOString(), deadline });
    expect(refused.error).toMatchObject({ code: 'PARLEY_INVALID_INTENT', path: 'deadline' });
  });

  it('An intent without a deadline gets none', async () => {
    expect((await received(await send({ timestamp: '1970-01-01T00:00:00Z' }))).deadline).toBeUndefined();
  });
});

describe.each(doors)('a deadline by %s, without a timestamp', (_door, send) => {
  it('A deadline without a timestamp that lies ahead is kept', async () => {
    const deadline = '2099-01-01T00:00:00.000Z';
    expect((await received(await send({ deadline }))).deadline).toBe(deadline);
  });

  it('A deadline without a timestamp from a clock an hour behind has passed', async () => {
    const { deadline } = times(-hour, 60_000);
    expect((await send({ deadline })).error?.code).toBe('PARLEY_DEADLINE_PASSED');
  });
});

describe('a deadline of a request with an idempotency key', () => {
  const key = (name: string): Record<string, string> => ({ 'idempotency-key': name });

  it('The same document is the same request, however much later it comes', async () => {
    const given = times(-hour, 60_000);
    const first = await byHttp(given, key('same'));
    await received(first);
    expect(await byHttp(given, key('same'))).toEqual(first);
    expect(handled.filter(({ intent_id }) => intent_id === first.intent_id).length).toBe(1);
  });

  it('A repetition with a new timestamp and the same deadline is the same request', async () => {
    const given = times(hour, 60_000);
    const first = await byHttp(given, key('anew'));
    const again = { ...given, timestamp: new Date(Date.parse(given.timestamp) + 1_000).toISOString() };
    expect(await byHttp(again, key('anew'))).toEqual(first);
  });

  it('Another deadline makes another request', async () => {
    const given = times(hour, 60_000);
    await byHttp(given, key('other'));
    const other = await byHttp({ ...given, ...times(hour, 120_000) }, key('other'));
    expect(other.error?.code).toBe('PARLEY_IDEMPOTENCY_CONFLICT');
  });
});
