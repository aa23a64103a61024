/** Working memory in real stores: by a clock of the test on NATS, by the clock of Redis there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { natsWorkingMemory } from '../../../runtime/memory/nats-working-memory.ts';
import { redisWorkingMemory } from '../../../runtime/redis/index.ts';
import type { ContractRig } from '../../contract/contract-rig.ts';
import { workingMemoryContract } from '../../contract/memory/working-contract.ts';
import { jetStreamRig, until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { redisMemoryRig } from './redis-memory-rig.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

workingMemoryContract('NATS KV', async () => {
  const clock = new ManualClock();
  const [rig, elsewhere] = [await jetStreamRig(server.url), await jetStreamRig(server.url)];
  const memoryOf = async ({ connect }: ContractRig) =>
    natsWorkingMemory((await connect()).bucket('working'), { clock });
  const shortMs = 1_000;
  return {
    memory: await memoryOf(rig),
    other: await memoryOf(rig),
    elsewhere: await memoryOf(elsewhere),
    shortMs,
    async pass(isOver) {
      clock.advance(shortMs);
      expect(await isOver()).toBe(true);
    },
    async [Symbol.asyncDispose]() {
      await rig.dispose();
      await elsewhere.dispose();
    },
  };
});

workingMemoryContract('Redis', async (test) => {
  const rig = await redisMemoryRig(test, redisWorkingMemory);
  return { ...rig, shortMs: 300, pass: (isOver) => until('its time is over', isOver) };
});

describe('working memory in Redis', () => {
  it('Working memory in Redis keeps nothing for ever: every key of a scope expires, the index last', async (test) => {
    await using rig = await redisMemoryRig(test, redisWorkingMemory);
    const { client } = rig.redis;
    await rig.memory.set('agent/x', 'long', 1, { ttlMs: 50_000 });
    await rig.memory.set('agent/x', 'short', 1, { ttlMs: 10_000 });
    const keys = (await client.keys('*')).sort();
    expect(keys).toEqual(['index', 'value:long', 'value:short'].map((end) => `parley:shop:working:{agent_2fx}:${end}`));
    const left = await Promise.all(keys.map((key) => client.pttl(key)));
    expect(left.every((ms) => ms > 0)).toBe(true);
    expect(left[0]).toBeGreaterThan(10_000);
    await rig.memory.clear('agent/x');
    expect(await client.keys('*')).toEqual([]);
  });

  it('Working memory reports that Redis is unavailable', async (test) => {
    await using rig = await redisMemoryRig(test, redisWorkingMemory);
    await rig.server.kill();
    await expect(rig.memory.entries('s')).rejects.toMatchObject({ code: 'PARLEY_REDIS_UNAVAILABLE', retryable: true });
  });
});
