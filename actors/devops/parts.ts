/** Opens the parts of the mesh: the named real servers, or embedded ones; reports which it uses. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { externalServer, inboxesOf } from '../../runtime/cli/settings.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { parseJsonText } from '../../runtime/core/json-text.ts';
import type { Logger } from '../../runtime/core/logger.ts';
import { systemRandom } from '../../runtime/core/random.ts';
import { uuidv7Maker } from '../../runtime/core/uuid.ts';
import { type Database, openDatabase } from '../../runtime/database/index.ts';
import { findNatsServer, startNatsServer, startPglite } from '../../runtime/embedded/index.ts';
import { chooseEmbedder } from '../../runtime/memory/choose-embedder.ts';
import { natsSharedMemory } from '../../runtime/memory/nats-shared-memory.ts';
import { natsWorkingMemory } from '../../runtime/memory/nats-working-memory.ts';
import { PostgresEpisodes } from '../../runtime/memory/postgres/postgres-episodes.ts';
import { openSemanticMemory } from '../../runtime/memory/stream-semantic-memory.ts';
import { pinoLogger } from '../../runtime/node/pino-logger.ts';
import type { Approver } from '../../runtime/policy/approver.ts';
import { loadPolicy } from '../../runtime/policy/wasm-engine.ts';
import { ruleBasedReasoner } from '../../runtime/reasoning/rule-based.ts';
import { connectRedis, redisSharedMemory, redisWorkingMemory } from '../../runtime/redis/index.ts';
import { PostgresTraces } from '../../runtime/telemetry/postgres/postgres-traces.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { type ConnectionSettings, connectJetStream, withoutSecrets } from '../../runtime/transport/jetstream/index.ts';
import type { Constraints } from '../protocol/constraints.ts';
import { devopsKnowledge } from './knowledge.ts';
import type { MeshParts } from './mesh-run.ts';

export interface PartsOptions {
  readonly mesh: string;
  readonly data: string;
  readonly approver: Approver;
  readonly say: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Aborts the search for an embedded nats-server, or its start. */
  readonly signal?: AbortSignal | undefined;
}

export interface OpenParts extends MeshParts, AsyncDisposable {
  /** The parts in use, for display. */
  readonly describe: readonly string[];
  /** Identifies the data of this run in shared stores. */
  readonly run: string;
  readonly constraints: (service: string) => Constraints;
}

const policies: string = resolve(import.meta.dirname, '../../policies');
const maxDiagnosticCost = 10;
const responseTimeSla = '15_minutes';

/** Opens all parts. @throws the error of the part that failed to open; then no part stays open */
export async function openParts(options: PartsOptions): Promise<OpenParts> {
  const { mesh, data, approver, say, env = process.env, signal } = options;
  const closers: (() => PromiseLike<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const open = <T extends AsyncDisposable>(part: T): T => {
    closers.push(() => part[Symbol.asyncDispose]());
    return part;
  };
  const log = pinoLogger('error');
  try {
    const policy = await loadPolicy(policies);
    const budgets = await readBudgets();
    const embedder = open(await chooseEmbedder(env, say));
    const redis = env.REDIS_URL ? open(await openRedis(env.REDIS_URL, log)) : undefined;
    const database = await openStore({ mesh, data, env, open, log });
    const server = await openServer({ data, env, say, open, signal });
    const transport = open(await connectJetStream({ ...server.connection, mesh }));
    const semantic = open(await openSemanticMemory({ records: transport.log('knowledge'), embedder, log, say }));
    await teach(semantic);
    const memory = keyedMemory(redis, transport, mesh);
    return {
      transport,
      mesh,
      policy,
      traces: new PostgresTraces(database),
      episodes: new PostgresEpisodes(database),
      semantic,
      ...memory,
      reasoner: ruleBasedReasoner,
      approver,
      log,
      run: uuidv7Maker(systemClock, systemRandom)(),
      constraints: (service) => ({
        max_diagnostic_cost: maxDiagnosticCost,
        budget_remaining: budgets(service),
        response_time_sla: responseTimeSla,
      }),
      describe: [
        `mailboxes      ${server.describe}`,
        `memory         ${redis === undefined ? 'NATS KV' : redis.describe} (working and shared)`,
        `episodes       ${database.describe}`,
        `knowledge      ${semantic.describe}`,
        `policy         OPA in WebAssembly, bundle ${policy.bundle.slice(0, 12)}`,
        `reasoning      ${ruleBasedReasoner.name}`,
      ],
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Open = <T extends AsyncDisposable>(part: T) => T;

interface StoreOptions {
  readonly mesh: string;
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly open: Open;
  readonly log: Logger;
}

async function openStore({ mesh, data, env, open, log }: StoreOptions): Promise<Database> {
  const url = env.DATABASE_URL;
  if (url !== undefined && url !== '') return open(await openDatabase({ url, mesh, log }));
  const embedded = open(await startPglite({ dataDir: data, log }));
  return open(await openDatabase({ embedded, mesh, log }));
}

interface ServerOptions extends Pick<PartsOptions, 'data' | 'say' | 'signal'> {
  readonly env: NodeJS.ProcessEnv;
  readonly open: Open;
}

interface OpenServer {
  readonly connection: ConnectionSettings;
  readonly describe: string;
}

/** Opens `NATS_URL`, or an embedded server with a fresh store. */
async function openServer({ data: dataDir, env, say, open, signal }: ServerOptions): Promise<OpenServer> {
  const external = externalServer(env, 'parley devops');
  if (external !== undefined) return { connection: external, describe: `NATS_URL ${withoutSecrets(external.url)}` };
  const found = await findNatsServer({ say, signal });
  const server = await startNatsServer({
    binary: found.path,
    version: found.version,
    dataDir,
    fresh: true,
    signal,
    log: pinoLogger('warn'),
  });
  open({ [Symbol.asyncDispose]: () => server.stop() });
  return {
    connection: { url: server.url, name: 'parley devops', ...inboxesOf(env) },
    describe: `nats-server ${found.version} of its own at ${server.url.describe}`,
  };
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
): Pick<MeshParts, 'shared' | 'working'> =>
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
