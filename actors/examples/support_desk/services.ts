/** What the desk acts and remembers with, from the environment; with nothing configured it brings its own. */
import { resolve } from 'node:path';
import { startPglite } from '../../../runtime/embedded/index.ts';
import type { Approver, NodeServices, ServiceEnv } from '../../../runtime/index.ts';
import { chooseEmbedder, openSemanticMemory } from '../../../runtime/memory/index.ts';
import { loadPolicy } from '../../../runtime/policy/index.ts';
import { type Database, openDatabase, PostgresEpisodes, PostgresTraces } from '../../../runtime/postgres.ts';
import type { BillingServices } from './billing.ts';
import type { HumanServices } from './human.ts';
import { teach } from './knowledge.ts';
import { payBack, RefundLedger } from './refund-ledger.ts';

export type DeskServices = BillingServices & HumanServices;

const hourMs = 3_600_000;
const policy = resolve(import.meta.dirname, 'policy');

/** Working and shared memory are not named: they are in Redis where a daemon has `REDIS_URL`, in NATS otherwise. */
export async function openDesk(env: ServiceEnv): Promise<NodeServices<DeskServices>> {
  const { transport, log, use } = env;
  const { DESK_APPROVER: approver = '', DESK_REMIND_HOURS: hours = '4' } = process.env;
  const database = await openStore(env);
  const embedder = use(await chooseEmbedder(process.env, (line) => log.info({}, line)));
  const semantic = use(await openSemanticMemory({ records: transport.log('knowledge'), embedder, log }));
  await teach(semantic);
  const ledger = await RefundLedger.open(database);
  const traces = new PostgresTraces(database);
  return {
    policy: await loadPolicy(policy),
    traces,
    actuators: { refund: payBack(ledger) },
    ...(approver === '' ? {} : { approver: alwaysApproves(approver) }),
    memory: { episodic: new PostgresEpisodes(database), semantic },
    services: { ledger, traces, remindAfterMs: Number(hours) * hourMs },
  };
}

async function openStore({ mesh, dataDir, log, use }: ServiceEnv): Promise<Database> {
  const { DATABASE_URL: url = '' } = process.env;
  if (url !== '') return use(await openDatabase({ url, mesh, log }));
  const embedded = use(await startPglite({ dataDir, log }));
  return use(await openDatabase({ embedded, mesh, log }));
}

/** Stands for a person who approves what is shown to them. */
const alwaysApproves = (by: string): Approver => ({
  ask: async ({ decision }) => ({ approved: true, by, comment: `seen: ${decision.reason}` }),
});
