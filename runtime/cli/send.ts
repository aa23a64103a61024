/** `parley send`: puts one intent into a mailbox, then prints its ticket. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { checkClient } from '../core/client-name.ts';
import { InvalidOptionError, reasonOf } from '../core/errors.ts';
import { checkIntentId, checkIntentType, checkMesh, parseAgentId } from '../core/ids.ts';
import type { Budget, IntentDraft } from '../core/intent.ts';
import { MalformedJsonError } from '../core/intent-errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import type { SendMode } from '../mailbox/sending.ts';
import { longestDeadlineMs } from '../messaging/checked-intent.ts';
import { startNode } from '../node/node.ts';
import { connectJetStream } from '../transport/jetstream/index.ts';
import { type DryRunOption, orDryRun, orOneLine } from './command-options.ts';
import { print } from './open-mesh.ts';
import { type CommonOptions, runningServer } from './settings.ts';
import { typed } from './usage-error.ts';

interface SendCommandOptions extends CommonOptions, DryRunOption {
  readonly context: string;
  readonly constraints: string;
  readonly successCriteria: string;
  readonly from: string;
  readonly mode: string;
  readonly wait: string;
  readonly deadline?: string;
  readonly id?: string;
  readonly budget?: string;
}

export function sendCommand(program: Command): void {
  orDryRun(orOneLine(program.command('send')))
    .description('put an intent into a mailbox; prints the ticket as JSON')
    .argument('<to>', 'the receiver: kind or kind/key')
    .argument('<type>', 'the intent type: investigate, optimize, scale, alert or any other')
    .option('--context <json>', 'a JSON object, @file, or - for standard input', '{}')
    .option('--constraints <json>', 'a JSON object or @file', '{}')
    .option('--success-criteria <json>', 'a JSON object or @file', '{}')
    .option('--budget <json>', 'a JSON object: {"usd": 5, "tokens": 10000}')
    .option('--from <sender>', 'who speaks: client/<name>', 'client/cli')
    .option('--id <intent id>', 'send again under the same id: it is stored once')
    .option('--deadline <iso>', 'past it the intent is not handled any more')
    .option('--mode <mode>', 'when the mailbox is full: reject, wait or drop', 'reject')
    .option('--wait <seconds>', 'how long to wait for the server', '10')
    .action(async (to: string, type: string, options: SendCommandOptions, command: Command) => {
      await send(to, type, { ...options, ...command.optsWithGlobals<SendCommandOptions>() });
    });
}

async function send(to: string, type: string, options: SendCommandOptions): Promise<void> {
  const { draft, mode, deadlineMs } = typed(() => readWords(to, type, options));
  const server = await runningServer(process.env, options, 'parley send');
  await using transport = await connectJetStream({ ...server, mesh: options.mesh, whenNoMesh: 'fail' });
  await using node = await startNode({ agents: [] }, { transport, mesh: options.mesh, egress: 'off', log: 'silent' });
  if (options.dryRun === true) {
    const { pool, partition } = await node.mailboxOf(to);
    return print(JSON.stringify({ dry_run: true, to, pool, partition, from: options.from, ...draft }));
  }
  const ticket = await node.tell(to, draft, { from: options.from, mode, deadlineMs });
  print(JSON.stringify(ticket ?? { dropped: true, to }));
}

interface Words {
  readonly draft: IntentDraft;
  readonly mode: SendMode;
  readonly deadlineMs: number;
}

/** Parses the arguments. @throws InvalidIdError, InvalidOptionError, ForeignSenderError */
function readWords(to: string, type: string, options: SendCommandOptions): Words {
  checkMesh(options.mesh);
  parseAgentId(to);
  checkIntentType(type);
  checkClient(options.from);
  if (options.id !== undefined) checkIntentId(options.id);
  return { draft: readDraft(type, options), mode: readMode(options.mode), deadlineMs: readWait(options.wait) };
}

/** Returns milliseconds. */
function readWait(seconds: string): number {
  const ms = seconds.trim() === '' ? Number.NaN : Number(seconds) * 1000;
  if (ms > 0 && ms <= longestDeadlineMs) return ms;
  const most = longestDeadlineMs / 1000;
  throw new InvalidOptionError('--wait', `a number of seconds above 0, at most ${most}`, seconds);
}

function readDraft(type: string, options: SendCommandOptions): IntentDraft {
  return {
    intent_type: type,
    context: readObject('--context', options.context),
    constraints: readObject('--constraints', options.constraints),
    success_criteria: readObject('--success-criteria', options.successCriteria),
    ...(options.budget === undefined ? {} : { budget: readObject('--budget', options.budget) as Budget }),
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
    ...(options.id === undefined ? {} : { intent_id: options.id }),
  };
}

function readMode(mode: string): SendMode {
  if (mode === 'reject' || mode === 'wait' || mode === 'drop') return mode;
  throw new InvalidOptionError('--mode', 'one of reject, wait, drop', mode);
}

function readObject(option: string, given: string): JsonObject {
  const text = given === '-' ? readFileSync(0) : given.startsWith('@') ? readGiven(option, given.slice(1)) : given;
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (cause) {
    throw new InvalidOptionError(option, `a JSON object (${new MalformedJsonError(cause).message})`, String(text));
  }
  if (!isObject(value)) throw new InvalidOptionError(option, 'a JSON object', value);
  return value as JsonObject;
}

function readGiven(option: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new InvalidOptionError(option, `a JSON object or @ and the path of a file (${reasonOf(cause)})`, `@${path}`);
  }
}
