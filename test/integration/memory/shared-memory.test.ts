/** Shared memory in real stores. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsSharedMemory } from '../../../runtime/memory/nats-shared-memory.ts';
import { redisSharedMemory } from '../../../runtime/redis/index.ts';
import type { ContractRig } from '../../contract/contract-rig.ts';
import { sharedMemoryContract } from '../../contract/memory/shared-contract.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { redisMemoryRig } from './redis-memory-rig.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

sharedMemoryContract('NATS KV', async () => {
  const [rig, elsewhere] = [await jetStreamRig(server.url), await jetStreamRig(server.url)];
  const memoryOf = async ({ connect }: ContractRig) => natsSharedMemory((await connect()).bucket('shared'));
  return {
    memory: await memoryOf(rig),
    other: await memoryOf(rig),
    elsewhere: await memoryOf(elsewhere),
    async [Symbol.asyncDispose]() {
      await rig.dispose();
      await elsewhere.dispose();
    },
  };
});

sharedMemoryContract('Redis', (test) => redisMemoryRig(test, redisSharedMemory));

describe('shared memory in Redis', () => {
  it('Shared memory in Redis never reuses a version, even when all data were lost', async (test) => {
    await using rig = await redisMemoryRig(test, redisSharedMemory);
    const first = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
    await rig.redis.client.flushall();
    const second = (await rig.other.writeIfVersion('k', 'b', 0)) ?? 0;
    expect(second).toBeGreaterThan(first);
    expect(await rig.memory.writeIfVersion('k', 'late', first)).toBeUndefined();
  });

  it('Shared memory in Redis gives growing versions also while its clock stands behind the last one', async (test) => {
    await using rig = await redisMemoryRig(test, redisSharedMemory);
    const ahead = 4_000_000_000_000_000;
    await rig.redis.client.set('parley:{shop}:shared:version', String(ahead));
    const first = (await rig.memory.writeIfVersion('k', 'a', 0)) ?? 0;
    expect([first, await rig.memory.writeIfVersion('k', 'b', first)]).toEqual([ahead + 1, ahead + 2]);
  });

  it('Shared memory in Redis survives a flush of its scripts', async (test) => {
    await using rig = await redisMemoryRig(test, redisSharedMemory);
    await rig.memory.writeIfVersion('k', 'a', 0);
    await rig.redis.client.script('FLUSH');
    expect(await rig.memory.writeIfVersion('other', 'b', 0)).toBeGreaterThan(0);
  });

  it('Shared memory reports that Redis is unavailable, and that a write may have been done', async (test) => {
    await using rig = await redisMemoryRig(test, redisSharedMemory);
    await rig.memory.writeIfVersion('k', 'a', 0);
    await rig.server.halt();
    const away = { code: 'PARLEY_REDIS_UNAVAILABLE', retryable: true };
    await expect(rig.memory.read('k')).rejects.toMatchObject(away);
    const written = rig.memory.writeIfVersion('k', 'b', 0);
    await expect(written).rejects.toMatchObject({
      ...away,
      message: expect.stringContaining('read again before you repeat it') as string,
    });
    rig.server.resume();
  });
});
