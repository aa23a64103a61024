/** `parley traces`: shows why agents acted as they did. */
import type { Command } from 'commander';
import { ParleyError } from '../core/errors.ts';
import type { TraceFilter } from '../telemetry/reasoning-trace.ts';
import { wholeNumber } from './numbers.ts';
import { print, printDocuments } from './open-mesh.ts';
import { onTraces } from './open-traces.ts';
import { tableLines } from './table.ts';
import { traceHead, traceLines, traceRow } from './trace-text.ts';

interface ListOptions {
  readonly agent?: string;
  readonly for?: string;
  readonly root?: string;
  readonly limit: number;
  readonly json?: boolean;
}

class NoTraceError extends ParleyError {
  constructor(traceId: string, mesh: string) {
    super(
      'PARLEY_NO_TRACE',
      `mesh "${mesh}" has no reasoning trace "${traceId}"; "parley traces list" shows which there are`,
    );
  }
}

export function tracesCommand(program: Command): void {
  const traces = program.command('traces').description('why agents did what they did');
  const listing = (command: Command): Command =>
    command
      .option('--agent <id>', 'of this agent')
      .option('--for <id>', 'on behalf of this agent or client')
      .option('--root <intent>', 'of everything that this intent led to')
      .option('--limit <n>', 'at most so many', wholeNumber, 20)
      .option('--json', 'one JSON document a line');
  listing(traces.command('list'))
    .description('the newest decisions: when, who, what, what policy said, what came of it')
    .action((_options: ListOptions, command: Command) => list(command));
  listing(traces.command('query'))
    .description('the decisions that an expression is true of, such as "selected_action.scale_factor > 5"')
    .argument('<expression>', 'fields, =, !=, >, >=, <, <=, contains, and, or, not, brackets; texts in quotes')
    .action((expression: string, _options: ListOptions, command: Command) => list(command, expression));
  traces
    .command('show')
    .description('one of them whole: what was read, what was weighed, why, what was expected and what came of it')
    .argument('<id>', 'as "traces list" shows it')
    .option('--json', 'as one JSON document')
    .action((traceId: string, _options: object, command: Command) => show(command, traceId));
}

function list(command: Command, where?: string): Promise<void> {
  return onTraces<ListOptions>(command, async ({ traces, mesh, options }) => {
    const { agent, for: behalf, root, limit, json } = options;
    const filter: TraceFilter = {
      limit,
      ...(agent === undefined ? {} : { agent_id: agent }),
      ...(behalf === undefined ? {} : { on_behalf_of: behalf }),
      ...(root === undefined ? {} : { root_intent_id: root }),
      ...(where === undefined ? {} : { where }),
    };
    const found = await traces.list(filter);
    if (json === true) return printDocuments(found);
    if (found.length === 0) return print(`mesh "${mesh}" has no such reasoning traces`);
    for (const line of tableLines(traceHead, found.map(traceRow))) print(line);
  });
}

function show(command: Command, traceId: string): Promise<void> {
  return onTraces<{ readonly json?: boolean }>(command, async ({ traces, mesh, options }) => {
    const trace = await traces.read(traceId);
    if (trace === undefined) throw new NoTraceError(traceId, mesh);
    if (options.json === true) return print(JSON.stringify(trace));
    for (const line of traceLines(trace)) print(line);
  });
}
