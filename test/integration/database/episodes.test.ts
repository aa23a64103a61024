/** Runs the contract of episodic memory on a real Postgres, and on PGlite. */
import { PostgresEpisodes } from '../../../runtime/memory/postgres/postgres-episodes.ts';
import { episodicContract } from '../../contract/memory/episodic-contract.ts';
import { onEachDatabase } from '../../support/database-rig.ts';

onEachDatabase((rig) => episodicContract(async () => new PostgresEpisodes(await rig.open())));
