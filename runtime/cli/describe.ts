/** `parley describe`: shows the contract of an agent, the nodes that serve it, its state. */
import type { Command } from 'commander';
import { describeAgent } from '../inspect/index.ts';
import { type JsonOption, orOneLine } from './command-options.ts';
import { onMesh, printDocument } from './open-mesh.ts';

export function describeCommand(program: Command): void {
  orOneLine(program.command('describe'))
    .description('what an agent accepts, as JSON Schema; who serves it; how it is')
    .argument('<agent>', 'kind or kind/key')
    .action((agent: string, _options: object, command: Command) => describe(command, agent));
}

function describe(command: Command, agent: string): Promise<void> {
  return onMesh<JsonOption>(command, async ({ transport, options }) => {
    const description = await describeAgent(transport, agent);
    const { in_memory, paused_lanes = [] } = description;
    const next = paused_lanes.length === 0 ? 'its next intent' : 'the next intent that is not of a paused lane';
    const said = in_memory.length === 0 ? `no: ${next} activates it` : in_memory;
    printDocument({ ...description, in_memory: said }, options);
  });
}
