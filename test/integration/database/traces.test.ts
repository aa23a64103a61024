/** Runs the contract of reasoning traces on a real Postgres, and on PGlite. */
import { PostgresTraces } from '../../../runtime/telemetry/postgres/postgres-traces.ts';
import { traceContract } from '../../contract/memory/trace-contract.ts';
import { onEachDatabase } from '../../support/database-rig.ts';

onEachDatabase((rig) => traceContract(async () => new PostgresTraces(await rig.open())));
