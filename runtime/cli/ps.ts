/** `parley ps`: shows the nodes of a mesh with what runs on them. */
import type { Command } from 'commander';
import { type KnownNode, knownNodes, pausedLanes, runningAgents } from '../inspect/index.ts';
import { onMesh, print, printDocuments } from './open-mesh.ts';
import { tableLines } from './table.ts';
import { printUnreadable } from './unreadable.ts';

interface PsOptions {
  readonly agents?: boolean;
  readonly json?: boolean;
}

export function psCommand(program: Command): void {
  program
    .command('ps')
    .description('the nodes that serve the mesh, as they answer now')
    .option('--agents', 'the agents that they have in memory')
    .option('--json', 'one JSON document a line')
    .action((_options: PsOptions, command: Command) => ps(command));
}

function ps(command: Command): Promise<void> {
  return onMesh<PsOptions>(command, async ({ transport, mesh, options }) => {
    const { records: nodes, unreadable } = await knownNodes(transport);
    const asJson = options.json === true;
    if (asJson) printDocuments(nodes.map(documentOf));
    else if (nodes.length > 0)
      for (const line of options.agents === true ? agentLines(nodes) : nodeLines(nodes)) print(line);
    else if (unreadable.length === 0) print(`no node serves mesh "${mesh}"`);
    printUnreadable('node', unreadable, asJson);
  });
}

const documentOf = ({ entry, state, report }: KnownNode): object => ({ ...entry, state, ...report });

function nodeLines(nodes: readonly KnownNode[]): readonly string[] {
  const head = [
    'node',
    'pool',
    'state',
    'host',
    'pid',
    'held',
    'handling',
    'active',
    'lanes paused',
    'paused',
    'kinds',
  ];
  const rows = nodes.map(({ entry, report, state }) => {
    const counts = ['held', 'handling', 'active', 'pausedLanes', 'paused'].map((name) =>
      String(report?.counts[name] ?? '-'),
    );
    return [entry.node, entry.pool, state, entry.host, String(entry.pid), ...counts, entry.kinds.join(' ')];
  });
  return tableLines(head, rows);
}

function agentLines(nodes: readonly KnownNode[]): readonly string[] {
  const { agents, hidden } = runningAgents(nodes);
  const rows = agents.map(({ id, status, node, progress }) => [id, status, node, progress]);
  const held = pausedLanes(nodes).map(({ agent, sender, node }) => {
    return [agent, 'lane paused', node, `from ${sender}, until "parley resume ${agent}"`];
  });
  const lines = tableLines(['agent', 'status', 'node', 'last'], [...held, ...rows]);
  return hidden > 0 ? [...lines, `and ${hidden} more`] : lines;
}
