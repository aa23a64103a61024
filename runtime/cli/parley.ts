#!/usr/bin/env node
/** The command line. */
import { Command } from 'commander';
import { checkMesh } from '../core/ids.ts';
import { deadCommand } from './dead.ts';
import { describeCommand } from './describe.ts';
import { doctorCommand } from './doctor.ts';
import { escalationsCommand } from './escalations.ts';
import { policyCommand } from './policy.ts';
import { psCommand } from './ps.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { runProgram } from './run-program.ts';
import { sendCommand } from './send.ts';
import { type CommonOptions, checkDataFolder, defaultDataDir, defaultMesh } from './settings.ts';
import { tailCommand } from './tail.ts';
import { tracesCommand } from './traces.ts';
import { typed } from './usage-error.ts';

const program = new Command('parley')
  .description('A supervised actor runtime for AI agents over NATS JetStream.')
  .option('--mesh <name>', 'the mesh', process.env.PARLEY_MESH || defaultMesh)
  .option('--data <folder>', "the embedded server's data folder", process.env.PARLEY_DATA || defaultDataDir)
  .showHelpAfterError('(add --help for what there is)')
  .hook('preAction', () => checkCommon(program));

runCommand(program);
doctorCommand(program);
sendCommand(program);
psCommand(program);
describeCommand(program);
resumeCommand(program);
deadCommand(program);
escalationsCommand(program);
tailCommand(program);
tracesCommand(program);
policyCommand(program);

await runProgram(program);

/** Settings of the environment are checked by the command that uses them. */
function checkCommon(given: Command): void {
  const { mesh, data } = given.opts<CommonOptions>();
  const isTyped = (name: keyof CommonOptions): boolean => given.getOptionValueSource(name) === 'cli';
  if (isTyped('mesh')) typed(() => checkMesh(mesh));
  if (isTyped('data')) typed(() => checkDataFolder(data));
}
