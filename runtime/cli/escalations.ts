/** `parley escalations`: lists calls for a human. */
import type { Command } from 'commander';
import type { Escalation } from '../core/escalation.ts';
import { newestEscalations } from '../inspect/index.ts';
import { wholeNumber } from './numbers.ts';
import { onMesh, print, printDocuments } from './open-mesh.ts';
import { tableLines } from './table.ts';
import { printUnreadable } from './unreadable.ts';

interface ListOptions {
  readonly count: number;
  readonly json?: boolean;
}

export function escalationsCommand(program: Command): void {
  program
    .command('escalations')
    .description('where a human is needed')
    .command('list')
    .description('the newest ones: when, who, why')
    .option('--count <n>', 'at most so many', wholeNumber, 50)
    .option('--json', 'one JSON document a line')
    .action((_options: ListOptions, command: Command) => list(command));
}

function list(command: Command): Promise<void> {
  return onMesh<ListOptions>(command, async ({ transport, options, mesh }) => {
    const { records: found, unreadable } = await newestEscalations(transport, options.count);
    const asJson = options.json === true;
    if (asJson) printDocuments(found);
    else printTable(found, unreadable.length > 0, mesh);
    printUnreadable('call for a human', unreadable, asJson);
  });
}

function printTable(found: readonly Escalation[], isMore: boolean, mesh: string): void {
  if (found.length === 0) return isMore ? undefined : print(`mesh "${mesh}" has no calls for a human`);
  const rows = found.map(({ raised_at, agent, reason, intent_id, message }) => {
    return [raised_at, agent, reason, intent_id ?? '-', message];
  });
  for (const line of tableLines(['raised at', 'agent', 'reason', 'intent', 'message'], rows)) print(line);
}
