/** The state that the nodes of a daemon's mesh share through Redis, where one is configured. */
import type { Logger } from '../core/logger.ts';
import type { GatewayOptions } from '../gateway/index.ts';
import type { App } from '../node/app.ts';
import { checkServices, type NodeServices } from '../node/services.ts';
import type { DaemonConfig } from './daemon-config.ts';
import { print } from './open-mesh.ts';

export interface OpenShared extends AsyncDisposable {
  readonly gateway: Pick<GatewayOptions, 'sharedBucket'>;
  readonly memory: NonNullable<NodeServices['memory']>;
}

/** Opens Redis; loads its driver only where a URL is configured. */
export async function openShared({ redis: url, mesh }: DaemonConfig, log: Logger): Promise<OpenShared> {
  if (url === undefined) return { gateway: {}, memory: {}, [Symbol.asyncDispose]: async () => undefined };
  const { connectRedis, redisBucket, redisSharedMemory, redisWorkingMemory } = await import('../redis/index.ts');
  const redis = connectRedis(url, log);
  print(`ingress buckets, working and shared memory are in ${redis.describe}`);
  return {
    gateway: { sharedBucket: redisBucket({ redis, mesh, log }) },
    memory: { shared: redisSharedMemory(redis, mesh), working: redisWorkingMemory(redis, mesh) },
    [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
  };
}

/** Gives the app these memories where it opens none of its own. */
export function withShared(app: App, { memory }: Pick<OpenShared, 'memory'>): App {
  const { services } = app;
  if (services === undefined) return { ...app, services: () => ({ memory }) };
  return {
    ...app,
    async services(env) {
      const given = checkServices(await services(env));
      return { ...given, memory: { ...memory, ...given.memory } };
    },
  };
}
