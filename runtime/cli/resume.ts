/** `parley resume`: resumes an agent whose mailbox was paused because it failed too often. */
import type { Command } from 'commander';
import { pausedOn, resumeAgent } from '../inspect/index.ts';
import { type DryRunOption, type JsonOption, orDryRun, orJson } from './command-options.ts';
import { onMesh, print } from './open-mesh.ts';

export function resumeCommand(program: Command): void {
  orDryRun(orJson(program.command('resume')))
    .description('let an agent go on that failed too often')
    .argument('<agent>', 'kind or kind/key')
    .action((agent: string, _options: object, command: Command) => resume(command, agent));
}

function resume(command: Command, agent: string): Promise<void> {
  return onMesh<JsonOption & DryRunOption>(command, async ({ transport, options }) => {
    const isDry = options.dryRun === true;
    const nodes = isDry ? await pausedOn(transport, agent) : undefined;
    if (!isDry) await resumeAgent(transport, agent);
    if (options.json === true)
      print(JSON.stringify({ agent, resumed: !isDry, ...(isDry ? { dry_run: true, nodes } : {}) }));
    else print(nodes === undefined ? `${agent} is resumed` : `${agent} would be resumed, on ${nodes.join(', ')}`);
  });
}
