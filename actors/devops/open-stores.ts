/** Opens the stores of the mesh: the named real servers, or an embedded Postgres. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../runtime/core/clock.ts';
import { parseJsonText } from '../../runtime/core/json-text.ts';
import type { Logger } from '../../runtime/core/logger.ts';
import { systemRandom } from '../../runtime/core/random.ts';
import { uuidv7Maker } from '../../runtime/core/uuid.ts';
import { type Database, openDatabase } from '../../runtime/database/index.ts';
import { startPglite } from '../../runtime/embedded/index.ts';
import { chooseEmbedder } from '../../runtime/memory/choose-embedder.ts';
import type { EpisodicMemory } from '../../runtime/memory/episodic-memory.ts';
import { natsSharedMemory } from '../../runtime/memory/nats-shared-memory.ts';
import { natsWorkingMemory } from '../../runtime/memory/nats-working-memory.ts';
import { PostgresEpisodes } from '../../runtime/memory/postgres/postgres-episodes.ts';
import type { SemanticMemory } from '../../runtime/memory/semantic-memory.ts';
import type { SharedMemory } from '../../runtime/memory/shared-memory.ts';
import { openSemanticMemory } from '../../runtime/memory/stream-semantic-memory.ts';
import type { WorkingMemory } from '../../runtime/memory/working-memory.ts';
import type { PolicyEngine } from '../../runtime/policy/policy-engine.ts';
import { loadPolicy } from '../../runtime/policy/wasm-engine.ts';
import type { Reasoner } from '../../runtime/reasoning/reasoner.ts';
import { ruleBasedReasoner } from '../../runtime/reasoning/rule-based.ts';
import { connectRedis, redisSharedMemory, redisWorkingMemory } from '../../runtime/redis/index.ts';
import { PostgresTraces } from '../../runtime/telemetry/postgres/postgres-traces.ts';
import type { TraceStore } from '../../runtime/telemetry/reasoning-trace.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import type { Constraints } from '../protocol/constraints.ts';
import { devopsKnowledge } from './knowledge.ts';

export interface MeshStores {
  readonly transport: Transport;
  readonly policy: PolicyEngine;
  readonly traces: TraceStore;
  readonly episodes: EpisodicMemory;
  readonly semantic: SemanticMemory;
  readonly shared: SharedMemory;
  readonly working: WorkingMemory;
  readonly reasoner: Reasoner;
  /** Identifies the data of this run in shared stores. */
  readonly run: string;
  readonly constraints: (service: string) => Constraints;
  /** What is in use, for display. */
  readonly describe: readonly string[];
}

export interface StoresOptions {
  readonly mesh: string;
  /** The folder of an embedded Postgres. */
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly say: (line: string) => void;
  /** Keeps a part, to close it later. */
  readonly use: <T extends AsyncDisposable>(part: T) => T;
  /** Opens the connection when everything before it is open. */
  readonly connect: () => Promise<Transport>;
}

const policies: string = resolve(import.meta.dirname, '../../policies');
const maxDiagnosticCost = 10;
const responseTimeSla = '15_minutes';

/** @throws the error of the part that failed to open */
export async function openStores(options: StoresOptions): Promise<MeshStores> {
  const { mesh, env, log, say, use, connect } = options;
  const policy = await loadPolicy(policies);
  const budgets = await readBudgets();
  const embedder = use(await chooseEmbedder(env, say));
  const redis = env.REDIS_URL ? use(await openRedis(env.REDIS_URL, log)) : undefined;
  const database = await openStore(options);
  const transport = await connect();
  const semantic = use(await openSemanticMemory({ records: transport.log('knowledge'), embedder, log, say }));
  await teach(semantic);
  return {
    transport,
    policy,
    traces: new PostgresTraces(database),
    episodes: new PostgresEpisodes(database),
    semantic,
    ...keyedMemory(redis, transport, mesh),
    reasoner: ruleBasedReasoner,
    run: uuidv7Maker(systemClock, systemRandom)(),
    constraints: (service) => ({
      max_diagnostic_cost: maxDiagnosticCost,
      budget_remaining: budgets(service),
      response_time_sla: responseTimeSla,
    }),
    describe: [
      `memory         ${redis === undefined ? 'NATS KV' : redis.describe} (working and shared)`,
      `episodes       ${database.describe}`,
      `knowledge      ${semantic.describe}`,
      `policy         OPA in WebAssembly, bundle ${policy.bundle.slice(0, 12)}`,
      `reasoning      ${ruleBasedReasoner.name}`,
    ],
  };
}

async function openStore({ mesh, data, env, use, log }: StoresOptions): Promise<Database> {
  const url = env.DATABASE_URL;
  if (url !== undefined && url !== '') return use(await openDatabase({ url, mesh, log }));
  const embedded = use(await startPglite({ dataDir: data, log }));
  return use(await openDatabase({ embedded, mesh, log }));
}

async function openRedis(url: string, log: Logger): Promise<ReturnType<typeof connectRedis>> {
  const redis = connectRedis(url, log);
  try {
    await redis.version();
    return redis;
  } catch (error) {
    await redis[Symbol.asyncDispose]();
    throw error;
  }
}

const keyedMemory = (
  redis: ReturnType<typeof connectRedis> | undefined,
  transport: Transport,
  mesh: string,
): Pick<MeshStores, 'shared' | 'working'> =>
  redis === undefined
    ? { shared: natsSharedMemory(transport.bucket('shared')), working: natsWorkingMemory(transport.bucket('working')) }
    : { shared: redisSharedMemory(redis, mesh), working: redisWorkingMemory(redis, mesh) };

/** Stores the knowledge that is missing. */
async function teach(semantic: Awaited<ReturnType<typeof openSemanticMemory>>): Promise<void> {
  await semantic.caughtUp();
  for (const { text, metadata } of devopsKnowledge) {
    const [known] = await semantic.search({ text, limit: 1 });
    if (known?.text !== text) await semantic.store(text, metadata);
  }
  await semantic.caughtUp();
}

const budgetsSchema = z.object({
  budgets: z.record(z.string(), z.union([z.number(), z.object({ remaining: z.number() })])),
});

/** Reads the budgets of the policy, USD per month. */
async function readBudgets(): Promise<(service: string) => number> {
  const { budgets } = budgetsSchema.parse(parseJsonText(await readFile(join(policies, 'data.json'))));
  const remaining = (name: string): number | undefined => {
    const found = budgets[name];
    return typeof found === 'object' ? found.remaining : undefined;
  };
  return (service) => remaining(service) ?? remaining('default') ?? 0;
}
