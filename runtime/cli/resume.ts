/** `parley resume`: lets an agent go on whose mailbox was paused because it failed too often. */
import type { Command } from 'commander';
import { askToResume } from '../cluster/node-report.ts';
import { ParleyError } from '../core/errors.ts';
import { parseAgentId } from '../core/ids.ts';
import { registryOf } from './node-reports.ts';
import { onMesh, print } from './open-mesh.ts';

class NotPausedError extends ParleyError {
  constructor(agent: string, mesh: string) {
    super(
      'PARLEY_NOT_PAUSED',
      `no node of mesh "${mesh}" has paused agent "${agent}"; "parley ps --agents" shows which agents are`,
    );
  }
}

const answerMs = 2_000;

export function resumeCommand(program: Command): void {
  program
    .command('resume')
    .description('let an agent go on that failed too often')
    .argument('<agent>', 'kind or kind/key')
    .action((agent: string, _options: object, command: Command) =>
      onMesh(command, async ({ transport, mesh }) => {
        parseAgentId(agent);
        const nodes = await registryOf(transport).nodes();
        const resumed = await Promise.all(
          nodes.map(({ node }) => askToResume(transport.signals, mesh, node, agent, answerMs)),
        );
        if (!resumed.includes(true)) throw new NotPausedError(agent, mesh);
        print(`${agent} goes on`);
      }),
    );
}
