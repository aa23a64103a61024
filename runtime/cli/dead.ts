/** `parley dead`: intents that will not be handled, and why. */
import type { Command } from 'commander';
import type { DeadRecord } from '../actor/dead-letters.ts';
import type { Json } from '../core/json.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';
import { type DeadChoice, deadChoice, findDeadLetter } from './dead-choice.ts';
import { wholeNumber } from './numbers.ts';
import { onMesh, print, printDocuments } from './open-mesh.ts';
import { newest, readRecord } from './records.ts';
import { tableLines } from './table.ts';

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
  dead
    .command('show')
    .description('one of them whole, as JSON: every error, and the intent')
    .argument('<number or ticket>', 'as "dead list" shows it, or the ticket of the intent', deadChoice)
    .action((wanted: DeadChoice, _options: object, command: Command) => show(command, wanted));
}

function list(command: Command): Promise<void> {
  return onMesh<ListOptions>(command, async ({ transport, options, mesh }) => {
    const found = await newest(transport.logs.dead, options.count);
    if (options.json === true) return printDocuments(found.map((record) => shown(record.seq, readRecord(record))));
    if (found.length === 0) return print(`mesh "${mesh}" has no dead letters`);
    const rows = found.map((record) => {
      const { subject, reason, attempts, died_at, errors } = readRecord<DeadRecord>(record);
      const at = parseMailboxSubject(subject);
      const to = at === undefined ? subject : receiverOf(at);
      return [String(record.seq), died_at, to, reason, String(attempts), (errors.at(-1) ?? '').split('\n')[0] ?? ''];
    });
    for (const line of tableLines(['number', 'died at', 'agent', 'reason', 'attempts', 'last error'], rows))
      print(line);
  });
}

function show(command: Command, wanted: DeadChoice): Promise<void> {
  return onMesh(command, async ({ transport, mesh }) => {
    const record = await findDeadLetter(transport, mesh, wanted);
    print(JSON.stringify(shown(record.seq, readRecord(record)), undefined, 2));
  });
}

/** The message as the JSON that it is, or else as text. */
function shown(number: number, { payload, ...record }: DeadRecord): object {
  const at = parseMailboxSubject(record.subject);
  const parties = at === undefined ? {} : { from: senderOf(at), to: receiverOf(at) };
  return { number, ...parties, ...record, message: messageOf(payload) };
}

function messageOf(base64: string): Json {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
