#!/usr/bin/env node
/** The command line: reads the words, runs one command, and turns an error into a sentence and an exit code. */
import { Command } from 'commander';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { demoCommand } from './demo.ts';
import { sendCommand } from './send.ts';
import { defaultDataDir, defaultMesh } from './settings.ts';
import { tailCommand } from './tail.ts';

const program = new Command('parley')
  .description('A supervised actor runtime for AI agents over NATS JetStream.')
  .option('--mesh <name>', 'the mesh', process.env.PARLEY_MESH ?? defaultMesh)
  .option('--data <folder>', "the embedded server's data folder", process.env.PARLEY_DATA ?? defaultDataDir)
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

demoCommand(program);
sendCommand(program);
tailCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof ParleyError ? ` (${error.code})` : '';
  process.stderr.write(`parley: ${reasonOf(error)}${code}\n`);
  process.exitCode = 1;
}
