/** `parley doctor`: what is found on this machine, which version, what is missing, and what follows from it. */
import { access, constants } from 'node:fs/promises';
import type { Command } from 'commander';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { findNatsServer, freeBytes, localSources, openPrivateFolder, readRunFile } from '../embedded/index.ts';
import { defaultPartitions } from '../node/node-options.ts';
import { inspectMesh } from '../transport/jetstream/index.ts';
import { type Finding, firstLine } from './finding.ts';
import { print, printDocuments } from './open-mesh.ts';
import { type CommonOptions, externalServer } from './settings.ts';
import { database, embeddings, redis, vectors } from './store-findings.ts';
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
  const findings = [
    node(),
    typescript(),
    await dataFolder(options.data),
    await natsServer(options),
    await database(),
    await redis(),
    await vectors(),
    await embeddings(),
  ];
  if (options.json === true) printDocuments(findings);
  else {
    const rows = findings.map(({ what, state, found, follows }) => [state, what, found, follows]);
    for (const line of tableLines(['', 'what', 'found', 'what follows'], rows)) print(line);
  }
  const bad = findings.filter(({ state }) => state === 'bad').length;
  if (bad > 0) throw new UnfitError(bad);
}

const oldestNode: readonly [number, number] = [20, 19];

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isFit = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const follows = isFit ? 'the runtime runs' : `install Node ${oldestNode.join('.')} or newer`;
  return { what: 'Node', state: isFit ? 'good' : 'bad', found: process.versions.node, follows };
}

function typescript(): Finding {
  const what = 'TypeScript apps';
  if ('typescript' in process.features)
    return { what, state: 'good', found: 'Node itself', follows: '"parley run app.ts" works' };
  try {
    import.meta.resolve('tsx/esm/api');
    return { what, state: 'good', found: 'tsx', follows: '"parley run app.ts" works' };
  } catch {
    return {
      what,
      state: 'lacking',
      found: 'neither tsx nor Node 22.18',
      follows: '"parley run" takes compiled .js only',
    };
  }
}

/** What the smallest mesh reserves is three quarters of this (README of `runtime/transport`, "Reserved disk"). */
const leastFreeBytes = 100 * 1024 ** 2;

async function dataFolder(path: string): Promise<Finding> {
  const what = 'data folder';
  try {
    await openPrivateFolder(path);
    await access(path, constants.W_OK);
    const free = await freeBytes(path);
    const found = `${path}, ${Math.floor(free / 1024 ** 2)} MiB free`;
    if (free < leastFreeBytes) {
      return {
        what,
        state: 'lacking',
        found,
        follows: 'a new embedded nats-server has no room for a mesh: free some disk',
      };
    }
    return { what, state: 'good', found, follows: 'an embedded nats-server keeps its store there' };
  } catch (error) {
    return {
      what,
      state: 'lacking',
      found: reasonOf(error),
      follows: 'an embedded nats-server cannot start: set PARLEY_DATA',
    };
  }
}

async function natsServer({ mesh, data }: CommonOptions): Promise<Finding> {
  const what = 'nats-server';
  let which = 'NATS_URL';
  try {
    const external = externalServer(process.env, 'parley doctor');
    const running = external === undefined ? await readRunFile(data) : undefined;
    if (running !== undefined) which = 'the embedded one that runs';
    const settings = external ?? (running && { url: running.url, name: 'parley doctor' });
    if (settings === undefined) return await binary();
    const { server, isNew, faults } = await inspectMesh({ ...settings, mesh }, defaultPartitions);
    const found = `${which}: ${server}`;
    if (faults.length > 0)
      return { what, state: 'bad', found: `${found}: ${faults.join('; ')}`, follows: 'no app starts' };
    const follows = isNew ? `mesh "${mesh}" is made when an app starts` : `mesh "${mesh}" is there, and is used`;
    return { what, state: 'good', found, follows };
  } catch (error) {
    return {
      what,
      state: 'bad',
      found: `${which}: ${firstLine(error)}`,
      follows: 'start it, or correct or unset NATS_URL',
    };
  }
}

async function binary(): Promise<Finding> {
  const what = 'nats-server';
  try {
    const { path, version } = await findNatsServer({ sources: localSources });
    return { what, state: 'good', found: `${version} in ${path}`, follows: 'it is started when an app runs' };
  } catch (error) {
    const named = error instanceof ParleyError && error.code === 'PARLEY_NATS_SERVER_UNUSABLE';
    if (named) return { what, state: 'bad', found: firstLine(error), follows: 'correct or unset PARLEY_NATS_SERVER' };
    return {
      what,
      state: 'lacking',
      found: 'none here yet',
      follows: 'it is fetched at the first start, or set NATS_URL',
    };
  }
}
