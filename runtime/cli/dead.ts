/** `parley dead`: shows intents that will not be handled, with the reasons. */
import type { Command } from 'commander';
import { Directory } from '../cluster/directory.ts';
import { unverifiedPlace } from '../gateway/ticket-id.ts';
import {
  type DeadLetter,
  deadLetterAt,
  deadLetterNumbered,
  newestDeadLetters,
  placeInMesh,
  placeOfTicket,
} from '../inspect/index.ts';
import type { Transport } from '../transport/index.ts';
import { type JsonOption, orOneLine } from './command-options.ts';
import { type DeadChoice, deadChoice } from './dead-choice.ts';
import { wholeNumber } from './numbers.ts';
import { onMesh, print, printDocument, printDocuments } from './open-mesh.ts';
import { tableLines } from './table.ts';
import { printUnreadable } from './unreadable.ts';

interface ListOptions {
  readonly count: number;
  readonly json?: boolean;
}

export function deadCommand(program: Command): void {
  const dead = program.command('dead').description('intents that will not be handled');
  dead
    .command('list')
    .description('the newest ones: number, when, to whom, why')
    .option('--count <n>', 'at most so many', wholeNumber, 50)
    .option('--json', 'one JSON document a line')
    .action((_options: ListOptions, command: Command) => list(command));
  orOneLine(dead.command('show'))
    .description('one of them whole, as JSON: every error, its stack trace, and the intent')
    .argument('<number or ticket>', 'as "dead list" shows it, or the ticket of the intent', deadChoice)
    .action((wanted: DeadChoice, _options: object, command: Command) => show(command, wanted));
}

function list(command: Command): Promise<void> {
  return onMesh<ListOptions>(command, async ({ transport, options, mesh }) => {
    const { records: found, unreadable } = await newestDeadLetters(transport, options.count);
    const asJson = options.json === true;
    if (asJson) printDocuments(found);
    else printTable(found, unreadable.length > 0, mesh);
    printUnreadable('dead letter', unreadable, asJson);
  });
}

function printTable(found: readonly DeadLetter[], isMore: boolean, mesh: string): void {
  if (found.length === 0) return isMore ? undefined : print(`mesh "${mesh}" has no dead letters`);
  const rows = found.map(({ number, died_at, to, subject, reason, attempts, errors }) => {
    const lastError = (errors.at(-1) ?? '').split('\n')[0] ?? '';
    return [String(number), died_at, to ?? subject, reason, String(attempts), lastError];
  });
  for (const line of tableLines(['number', 'died at', 'agent', 'reason', 'attempts', 'last error'], rows)) print(line);
}

function show(command: Command, wanted: DeadChoice): Promise<void> {
  return onMesh<JsonOption>(command, async ({ transport, options }) => {
    printDocument(await find(transport, wanted), options);
  });
}

async function find(transport: Transport, wanted: DeadChoice): Promise<DeadLetter> {
  const { mesh } = transport;
  switch (wanted.kind) {
    case 'number':
      return deadLetterNumbered(transport, wanted.number);
    case 'word':
      return deadLetterAt(transport, placeInMesh(mesh, unverifiedPlace(wanted.word)));
    case 'ticket': {
      const directory = new Directory(mesh, transport.bucket('meshConfig'));
      return deadLetterAt(transport, await placeOfTicket(mesh, wanted.ticket, (agent) => directory.placeOf(agent)));
    }
    default:
      return wanted satisfies never;
  }
}
