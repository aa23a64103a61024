/** `parley tail`: shows intents as they pass. */
import type { Command } from 'commander';
import { reasonOf } from '../core/errors.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import { printableLine } from '../core/printable.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';
import { type Passing, tailMailboxes } from '../transport/jetstream/index.ts';
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
  const stop = await tailMailboxes(server, options.mesh, (passing) => {
    if (left-- <= 0) return;
    process.stdout.write(`${printableLine(options.json === true ? asJson(passing) : asLine(passing))}\n`);
    if (left <= 0) finish();
  });
  process.stderr.write(`watching mailboxes of mesh "${options.mesh}"\n`);
  process.once('SIGINT', finish);
  process.once('SIGTERM', finish);
  await finished;
  await stop();
}

function asJson({ subject, payload }: Passing): string {
  try {
    return JSON.stringify({ subject, intent: decodeIntent(payload) });
  } catch (error) {
    return JSON.stringify({ subject, refused: reasonOf(error), bytes: payload.length });
  }
}

function asLine({ subject, payload }: Passing): string {
  const at = parseMailboxSubject(subject);
  const way = at === undefined ? subject : `${senderOf(at)} -> ${receiverOf(at)}`;
  try {
    const intent = decodeIntent(payload);
    return `${intent.timestamp}  ${way}  ${intent.intent_type}  ${intent.intent_id}`;
  } catch (error) {
    return `${way}  not an intent: ${reasonOf(error)}`;
  }
}
