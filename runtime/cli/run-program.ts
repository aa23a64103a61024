/** Runs a command line: an error becomes a sentence on standard error and an exit code. */
import { type Command, CommanderError } from 'commander';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { printableText } from '../core/printable.ts';
import { endProcess, endWithReader } from './output.ts';

/** 0: done. 1: it failed. 2: the words make no sense. */
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
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    const code = error instanceof ParleyError ? ` (${error.code})` : '';
    process.stderr.write(`${program.name()}: ${printableText(reasonOf(error))}${code}\n`);
    process.exitCode = 1;
  }
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
