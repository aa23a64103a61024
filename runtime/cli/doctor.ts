/** `parley doctor`: shows which parts this machine has, their versions, what is missing, the consequences. */
import type { Command } from 'commander';
import { ParleyError } from '../core/errors.ts';
import {
  databaseFinding,
  dataFolderFinding,
  embeddingsFinding,
  nodeFinding,
  opaFinding,
  redisFinding,
  serverFinding,
  typescriptFinding,
  vectorsFinding,
} from '../inspect/index.ts';
import {
  databaseVersion,
  freeBytesIn,
  opaProgram,
  openEmbedder,
  openIndex,
  redisVersion,
  serverProbes,
  typescriptReader,
} from './doctor-probes.ts';
import { print, printDocuments } from './open-mesh.ts';
import type { CommonOptions } from './settings.ts';
import { tableLines } from './table.ts';

class UnfitError extends ParleyError {
  constructor(count: number) {
    super('PARLEY_UNFIT', `${count} of these keep Parley from running: see "bad" above`);
  }
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what is found on this machine, what is missing, and what follows')
    .option('--json', 'one JSON document a line')
    .action(async (_options: object, command: Command) =>
      doctor(command.optsWithGlobals<CommonOptions & { json?: boolean }>()),
    );
}

async function doctor(options: CommonOptions & { readonly json?: boolean }): Promise<void> {
  const { env, versions } = process;
  const findings = [
    nodeFinding(versions.node),
    typescriptFinding(typescriptReader()),
    await dataFolderFinding(options.data, freeBytesIn),
    await serverFinding(options.mesh, serverProbes(options)),
    await databaseFinding(env.DATABASE_URL || undefined, databaseVersion),
    await redisFinding(env.REDIS_URL || undefined, redisVersion),
    await vectorsFinding(openIndex),
    await embeddingsFinding(env.PARLEY_MODEL_DIR || undefined, openEmbedder),
    await opaFinding(opaProgram),
  ];
  if (options.json === true) printDocuments(findings);
  else {
    const rows = findings.map(({ what, state, found, follows }) => [state, what, found, follows]);
    for (const line of tableLines(['', 'what', 'found', 'what follows'], rows)) print(line);
  }
  const bad = findings.filter(({ state }) => state === 'bad').length;
  if (bad > 0) throw new UnfitError(bad);
}
