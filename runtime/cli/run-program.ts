/** Runs a command line: turns an error into a sentence on standard error with an exit code. */
import { type Command, CommanderError } from 'commander';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { printableText } from '../core/printable.ts';
import { exitCodes } from './exit-codes.ts';
import { endProcess, endWithReader } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Exits with one of `exitCodes`. */
export async function runProgram(program: Command): Promise<never> {
  endWithReader();
  await run(program);
  return endProcess();
}

async function run(program: Command): Promise<void> {
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      return;
    }
    const isUsage = error instanceof UsageError;
    const reason = isUsage ? error.cause : error;
    const code = reason instanceof ParleyError ? ` (${reason.code})` : '';
    process.stderr.write(`${program.name()}: ${printableText(reasonOf(reason))}${code}\n`);
    process.exitCode = isUsage ? exitCodes.usage : exitCodes.failed;
  }
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
