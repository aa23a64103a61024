/** `parley tail`: shows intents as they are sent. */
import type { Command } from 'commander';
import { printableLine } from '../core/printable.ts';
import { type MailboxMessage, readMailboxMessage } from '../inspect/index.ts';
import { tailMailboxes } from '../transport/jetstream/index.ts';
import { wholeNumber } from './numbers.ts';
import { type CommonOptions, runningServer } from './settings.ts';

interface TailOptions extends CommonOptions {
  readonly json?: boolean;
  readonly count?: number;
}

export function tailCommand(program: Command): void {
  program
    .command('tail')
    .description('show intents as they are sent, until Ctrl-C')
    .option('--json', 'one JSON document a line: subject and intent')
    .option('--count <n>', 'end after so many', wholeNumber)
    .action(async (_options: TailOptions, command: Command) => tail(command.optsWithGlobals<TailOptions>()));
}

async function tail(options: TailOptions): Promise<void> {
  const server = await runningServer(process.env, options, 'parley tail');
  let left = options.count ?? Number.POSITIVE_INFINITY;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const stop = await tailMailboxes(server, options.mesh, ({ subject, payload }) => {
    if (left-- <= 0) return;
    const message = readMailboxMessage(subject, payload);
    process.stdout.write(`${printableLine(options.json === true ? asJson(message) : asLine(message))}\n`);
    if (left <= 0) finish();
  });
  process.stderr.write(`watching mailboxes of mesh "${options.mesh}"\n`);
  process.once('SIGINT', finish);
  process.once('SIGTERM', finish);
  await finished;
  await stop();
}

function asJson(message: MailboxMessage): string {
  const { subject } = message;
  return JSON.stringify(
    message.kind === 'intent'
      ? { subject, intent: message.intent }
      : { subject, refused: message.why, bytes: message.bytes },
  );
}

function asLine(message: MailboxMessage): string {
  const { subject, parties } = message;
  const way = parties === undefined ? subject : `${parties.from} -> ${parties.to}`;
  if (message.kind === 'refused') return `${way}  not an intent: ${message.why}`;
  const { timestamp, intent_type, intent_id } = message.intent;
  return `${timestamp}  ${way}  ${intent_type}  ${intent_id}`;
}
