/** `parley run`: the daemon. */
import type { Command } from 'commander';
import { runDaemon } from './daemon.ts';
import { checkGiven, daemonConfig, defaultConfigFile, type GivenOptions } from './daemon-config.ts';
import { loadApp } from './load-app.ts';
import { typed } from './usage-error.ts';

export function runCommand(program: Command): void {
  program
    .command('run')
    .description('serve an app until SIGTERM: the default export of a module, made by defineApp')
    .argument('<app>', 'a .js or .ts file')
    .option('--config <file>', `JSON; ${defaultConfigFile} is read if it is there`)
    .option('--http <host:port>', 'where health, metrics and intents are served (127.0.0.1, a free port)')
    .option('--log <level>', 'debug, info, warn, error or silent')
    .option('--drain <seconds>', 'how long handlers may go on after SIGTERM')
    .action(async (path: string, _options: object, command: Command) => {
      const said = given(command);
      typed(() => checkGiven(said));
      const config = await daemonConfig(said, process.env);
      await runDaemon(await loadApp(path), config);
    });
}

/** Selects the options that were given: options that all commands share have defaults, which do not count. */
function given(command: Command): GivenOptions {
  const root = command.parent;
  const global = ['mesh', 'data'].filter((name) => root?.getOptionValueSource(name) === 'cli');
  const said = Object.fromEntries(global.map((name) => [name, root?.getOptionValue(name) as string]));
  return { ...command.opts<GivenOptions>(), ...said };
}
