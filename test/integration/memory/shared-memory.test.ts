import { natsSharedMemory } from '../../../runtime/memory/nats-shared-memory.ts';
import { connectRedis, redisSharedMemory } from '../../../runtime/redis/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { sharedMemoryContract } from '../../contract/memory/shared-contract.ts';
import { until } from '../../support/jetstream-rig.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { startTestServer } from '../../support/nats-server.ts';
import { RedisServer } from '../../support/redis-server.ts';

sharedMemoryContract('NATS KV', async () => {
  const server = await startTestServer();
  const connect = (mesh: string) => connectJetStream({ url: server.url, mesh });
  const transports = [await connect('shop'), await connect('shop'), await connect('other')] as const;
  const [memory, other, elsewhere] = transports.map(({ shared }) => natsSharedMemory(shared)) as [never, never, never];
  return {
    memory,
    other,
    elsewhere,
    async [Symbol.asyncDispose]() {
      for (const transport of transports) await transport.close();
      await server[Symbol.asyncDispose]();
    },
  };
});

sharedMemoryContract('Redis', async (test) => {
  const server = await RedisServer.start(test);
  const log = new LogRecorder();
  const connections = [connectRedis(server.url, log), connectRedis(server.url, log)] as const;
  await until('both are connected', () => connections.every(({ obstacle }) => obstacle === undefined));
  return {
    memory: redisSharedMemory(connections[0], 'shop'),
    other: redisSharedMemory(connections[1], 'shop'),
    elsewhere: redisSharedMemory(connections[0], 'other'),
    async [Symbol.asyncDispose]() {
      for (const connection of connections) await connection[Symbol.asyncDispose]();
      await server.kill();
    },
  };
});
