/** `parley describe`: what an agent accepts, who serves it, and how it is. */
import type { Command } from 'commander';
import type { KindEntry } from '../cluster/registry.ts';
import { ParleyError } from '../core/errors.ts';
import { formatAgentId, parseAgentId } from '../core/ids.ts';
import { knownNodes, registryOf } from './node-reports.ts';
import { onMesh, print } from './open-mesh.ts';

class UnknownKindError extends ParleyError {
  constructor(kind: string, mesh: string, known: readonly string[]) {
    const there = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`;
    super('PARLEY_UNKNOWN_AGENT', `mesh "${mesh}" has no agents of kind "${kind}": ${there}`);
  }
}

export function describeCommand(program: Command): void {
  program
    .command('describe')
    .description('what an agent accepts, as JSON Schema; who serves it; how it is')
    .argument('<agent>', 'kind or kind/key')
    .action((agent: string, _options: object, command: Command) => describe(command, agent));
}

function describe(command: Command, agent: string): Promise<void> {
  return onMesh(command, async ({ transport, mesh }) => {
    const id = parseAgentId(agent);
    const kinds = await registryOf(transport).kinds();
    const entry = kinds.find(({ kind }) => kind === id.kind);
    if (entry === undefined)
      throw new UnknownKindError(
        id.kind,
        mesh,
        kinds.map(({ kind }) => kind),
      );
    const nodes = (await knownNodes(transport, mesh)).filter(({ entry: { kinds: served } }) =>
      served.includes(id.kind),
    );
    const instances = nodes.flatMap(({ entry: { node }, report }) =>
      (report?.instances ?? []).flatMap(({ id: found, ...rest }) =>
        found === formatAgentId(id) ? [{ ...rest, node }] : [],
      ),
    );
    print(
      JSON.stringify(
        documentOf(
          agent,
          entry,
          nodes.map((node) => node.entry.node),
          instances,
        ),
        undefined,
        2,
      ),
    );
  });
}

const documentOf = (
  agent: string,
  entry: KindEntry,
  nodes: readonly string[],
  instances: readonly object[],
): object => ({
  agent,
  pool: entry.pool,
  keyed: entry.keyed,
  broadcasts_reach: entry.broadcasts,
  served_by: nodes,
  in_memory: instances.length === 0 ? 'no: its next intent activates it' : instances,
  accepts: entry.intents,
});
