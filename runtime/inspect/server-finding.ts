/** The finding of `parley doctor` about the nats-server that commands and apps would use. */
import { ParleyError } from '../core/errors.ts';
import { type Finding, firstLine } from './finding.ts';

/** The facts that matter to a mesh on a running server. */
interface MeshFacts {
  /** `nats-server 2.15.1 at nats://127.0.0.1:4222`. */
  readonly server: string;
  /** True when it has none of the mesh's streams. */
  readonly isNew: boolean;
  /** The meshes that it has, as far as they are known. */
  readonly meshes: readonly string[];
  /** Faults that keep a mesh from running there, each a sentence. */
  readonly faults: readonly string[];
}

export interface ServerProbes {
  /** Finds the configured or running server; `undefined`: neither. Creates nothing. */
  readonly running: () => Promise<RunningServer | undefined>;
  /** Finds the program that would be started. */
  readonly program: () => Promise<{ readonly path: string; readonly version: string }>;
}

export interface RunningServer {
  readonly which: 'NATS_URL' | 'the embedded one that runs';
  readonly inspect: () => Promise<MeshFacts>;
}

const what = 'nats-server';

export async function serverFinding(mesh: string, { running, program }: ServerProbes): Promise<Finding> {
  let which: RunningServer['which'] = 'NATS_URL';
  try {
    const server = await running();
    if (server === undefined) return await programFinding(program);
    which = server.which;
    return findingOf(mesh, which, await server.inspect());
  } catch (error) {
    const follows = 'start it, or correct or unset NATS_URL';
    return { what, state: 'bad', found: `${which}: ${firstLine(error)}`, follows };
  }
}

function findingOf(mesh: string, which: string, { server, isNew, meshes, faults }: MeshFacts): Finding {
  const found = `${which}: ${server}`;
  if (faults.length > 0) {
    return { what, state: 'bad', found: `${found}: ${faults.join('; ')}`, follows: 'no app starts' };
  }
  const others = meshes.length === 0 ? '' : `; there are ${meshes.join(', ')}`;
  const follows = isNew
    ? `mesh "${mesh}" does not exist, and is made when an app starts${others}`
    : `mesh "${mesh}" is there, and is used`;
  return { what, state: 'good', found, follows };
}

async function programFinding(program: ServerProbes['program']): Promise<Finding> {
  try {
    const { path, version } = await program();
    return { what, state: 'good', found: `${version} in ${path}`, follows: 'it is started when an app runs' };
  } catch (error) {
    const named = error instanceof ParleyError && error.code === 'PARLEY_NATS_SERVER_UNUSABLE';
    if (named) return { what, state: 'bad', found: firstLine(error), follows: 'correct or unset PARLEY_NATS_SERVER' };
    const follows = 'it is fetched at the first start, or set NATS_URL';
    return { what, state: 'lacking', found: 'none here yet', follows };
  }
}
