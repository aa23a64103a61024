/** Ingress buckets in a real Redis: one for all nodes, each node's own while it is away, and shared again. */
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { LocalBucket } from '../../../runtime/gateway/ingress-bucket.ts';
import type { BucketRule } from '../../../runtime/mailbox/token-bucket.ts';
import { type Bucket, connectRedis, redisBucket } from '../../../runtime/redis/index.ts';
import { until } from '../../support/jetstream-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { RedisServer } from '../../support/redis-server.ts';

/** Slow: nothing comes back while a test runs. */
const rule: BucketRule = { ratePerSecond: 0.01, burst: 5 };
const closers: (() => Promise<void>)[] = [];
let server: RedisServer;

beforeEach(async (test) => {
  server = await RedisServer.start(test);
  closers.unshift(() => server.kill());
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface OneNode {
  readonly bucket: Bucket;
  readonly clock: ManualClock;
  readonly log: LogRecorder;
}

/** As one node would have it. */
function node(url: string = server.url, given: BucketRule = rule): OneNode {
  const [clock, log] = [new ManualClock(), new LogRecorder()];
  const redis = connectRedis(url, log);
  closers.unshift(async () => redis[Symbol.asyncDispose]());
  return { bucket: redisBucket({ redis, mesh: 'shop', log, clock })(given, new LocalBucket(clock, given)), clock, log };
}

async function connected(given: OneNode): Promise<OneNode> {
  await until('Redis answers', () => given.log.has('Redis answers'));
  return given;
}

async function granted({ bucket }: OneNode, asked: number, client = 'client/me'): Promise<number> {
  const waits = await Promise.all(Array.from({ length: asked }, () => bucket.take(client)));
  return waits.filter((ms) => ms === 0).length;
}

describe('a bucket while Redis answers', () => {
  it('Two nodes share one bucket in Redis', async () => {
    const [a, b] = [await connected(node()), await connected(node())];
    const counts = await Promise.all([granted(a, 20), granted(b, 20)]);
    expect(counts[0] + counts[1]).toBe(5);
    expect([a.bucket.isShared, b.bucket.isShared]).toEqual([true, true]);
  });

  it('A shared bucket says how long to wait, and refills at its rate', async () => {
    const one = await connected(node(server.url, { ratePerSecond: 20, burst: 1 }));
    expect(await one.bucket.take('client/me')).toBe(0);
    const waitMs = await one.bucket.take('client/me');
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(50);
    await until('the token is back', async () => (await one.bucket.take('client/me')) === 0);
  });

  it('Clients and meshes have separate buckets', async () => {
    const one = await connected(node());
    expect(await granted(one, 9, 'client/a')).toBe(5);
    expect(await granted(one, 9, 'client/b')).toBe(5);
  });

  it('A bucket in Redis expires once it is full again', async () => {
    const one = await connected(node(server.url, { ratePerSecond: 100, burst: 5 }));
    await one.bucket.take('client/me');
    const admin = new Redis(server.url);
    closers.unshift(async () => admin.disconnect());
    const [key = ''] = await admin.keys('*');
    expect(key).toBe('parley:shop:ingress:client/me');
    expect(await admin.pttl(key)).toBeGreaterThan(0);
    expect(await admin.pttl(key)).toBeLessThanOrEqual(1_050);
  });

  it('A shared bucket loads its script again after a flush', async () => {
    const one = await connected(node());
    expect(await granted(one, 1)).toBe(1);
    const admin = new Redis(server.url);
    closers.unshift(async () => admin.disconnect());
    await admin.script('FLUSH');
    expect(await granted(one, 9)).toBe(4);
    expect(one.bucket.isShared).toBe(true);
  });
});

describe('a bucket while Redis is away', () => {
  const said = "ingress buckets are this node's own while Redis is away";

  it('Each node has a bucket of its own while Redis is away, logs that once, and shares again afterwards', async () => {
    const one = await connected(node());
    expect(await granted(one, 5)).toBe(5);
    await server.kill();
    expect(await granted(one, 9)).toBe(5);
    expect(one.bucket.isShared).toBe(false);
    expect(one.log.texts.filter((text) => text === said)).toHaveLength(1);
    await server.start();
    await until('it is connected again', () => one.log.texts.filter((text) => text === 'Redis answers').length === 2);
    one.clock.advance(1_000);
    expect(await granted(one, 1)).toBe(1);
    expect(one.bucket.isShared).toBe(true);
    expect(one.log.texts.at(-1)).toBe('ingress buckets are shared again');
  });

  it('A Redis that hangs delays only the first request', async () => {
    const one = await connected(node());
    await one.bucket.take('client/me');
    await server.halt();
    expect(await one.bucket.take('client/me')).toBe(0);
    expect(one.log.texts).toContain(said);
    const next = one.bucket.take('client/me');
    expect(await Promise.race([next, Promise.resolve('still asking')])).toBe(0);
    server.resume();
    one.clock.advance(1_000);
    await until('it is shared again', async () => {
      await one.bucket.take('client/me');
      one.clock.advance(1_000);
      return one.bucket.isShared;
    });
  });

  it('A Redis that was never there is reported with the reason, without its password', async () => {
    await server.kill();
    const one = node(server.url.replace('//', '//user:secret@'));
    await until('it failed to connect', () => one.log.has('Redis is away'));
    expect(await granted(one, 9)).toBe(5);
    expect(JSON.stringify(one.log.records)).toContain('ECONNREFUSED');
    expect(JSON.stringify(one.log.records)).not.toContain('secret');
  });

  it('A Redis that wants a password is reported', async (test) => {
    const locked = await RedisServer.start(test, '--requirepass', 'other');
    closers.unshift(() => locked.kill());
    const one = node(locked.url);
    await until('it says why', () => JSON.stringify(one.log.records).includes('NOAUTH'));
    expect(await granted(one, 9)).toBe(5);
    expect(one.bucket.isShared).toBe(false);
  });
});

it.each(['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://', ''])(
  'The invalid Redis address %j is refused',
  (url) => {
    expect(() => connectRedis(url, new LogRecorder())).toThrow(/REDIS_URL .*; it should look like redis:/);
  },
);
