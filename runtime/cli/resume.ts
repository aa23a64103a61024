/** `parley resume`: resumes an agent whose mailbox was paused because it failed too often. */
import type { Command } from 'commander';
import { resumeAgent } from '../inspect/index.ts';
import { onMesh, print } from './open-mesh.ts';

export function resumeCommand(program: Command): void {
  program
    .command('resume')
    .description('let an agent go on that failed too often')
    .argument('<agent>', 'kind or kind/key')
    .action((agent: string, _options: object, command: Command) =>
      onMesh(command, async ({ transport }) => {
        await resumeAgent(transport, agent);
        print(`${agent} is resumed`);
      }),
    );
}
