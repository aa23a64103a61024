/** The command line: all commands, with the options that they share. */
import { Command } from 'commander';
import { checkMesh } from '../core/ids.ts';
import { defaultDataDir } from '../node/data-folder.ts';
import { deadCommand } from './dead.ts';
import { describeCommand } from './describe.ts';
import { doctorCommand } from './doctor.ts';
import { escalationsCommand } from './escalations.ts';
import { policyCommand } from './policy.ts';
import { psCommand } from './ps.ts';
import { resolvedSettings } from './resolved-settings.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { sendCommand } from './send.ts';
import { type CommonOptions, checkDataFolder, defaultMesh } from './settings.ts';
import { tailCommand } from './tail.ts';
import { tracesCommand } from './traces.ts';
import { typed } from './usage-error.ts';
import { packageVersion } from './version.ts';

export function parleyProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('parley')
    .description('A supervised actor runtime for AI agents over NATS JetStream.')
    .version(packageVersion(), '-V, --version', 'print the version of this package')
    .option('--mesh <name>', 'the mesh, or PARLEY_MESH', env.PARLEY_MESH || defaultMesh)
    .option('--data <folder>', "the embedded server's data folder, or PARLEY_DATA", env.PARLEY_DATA || defaultDataDir)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what there is)')
    .hook('preAction', () => checkCommon(program));
  program.addHelpText('afterAll', ({ command, error }) => (error ? '' : resolvedSettings(program, command, env)));
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
  return program;
}

/** Settings of the environment are checked by the command that uses them. */
function checkCommon(given: Command): void {
  const { mesh, data } = given.opts<CommonOptions>();
  const isTyped = (name: keyof CommonOptions): boolean => given.getOptionValueSource(name) === 'cli';
  if (isTyped('mesh')) typed(() => checkMesh(mesh));
  if (isTyped('data')) typed(() => checkDataFolder(data));
}
