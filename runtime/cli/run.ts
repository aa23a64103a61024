/** `parley run`: the daemon. */
import type { Command } from 'commander';
import { compileOptions } from '../core/options.ts';
import { compileGateway } from '../gateway/gateway-options.ts';
import type { App } from '../node/app.ts';
import { limitRules } from '../node/node-limits.ts';
import { withoutSecrets } from '../transport/jetstream/index.ts';
import { type DryRunOption, type JsonOption, orDryRun, orJson } from './command-options.ts';
import { gatewayOptions, runDaemon } from './daemon.ts';
import { checkGiven, type DaemonConfig, daemonConfig, defaultConfigFile, type GivenOptions } from './daemon-config.ts';
import { daemonOutput } from './daemon-output.ts';
import { loadApp } from './load-app.ts';
import { typed } from './usage-error.ts';

export function runCommand(program: Command): void {
  orDryRun(orJson(program.command('run')))
    .description('serve an app until SIGTERM: the default export of a module, made by defineApp')
    .argument('<app>', 'a .js or .ts file')
    .option('--config <file>', `JSON; ${defaultConfigFile} is read if it is there`)
    .option('--http <host:port>', 'where health, metrics and intents are served (127.0.0.1, a free port)')
    .option('--log <level>', 'debug, info, warn, error or silent')
    .option('--drain <seconds>', 'how long handlers may go on after SIGTERM')
    .action(async (path: string, _options: object, command: Command) => {
      const said = given(command);
      typed(() => checkGiven(said));
      const config = { ...(await daemonConfig(said, process.env)), json: said.json === true };
      const app = await loadApp(path);
      if (said.dryRun === true) sayPlan(app, config);
      else await runDaemon(app, config);
    });
}

/** Says what a daemon would do. What the app's services open is not opened. @throws InvalidOptionError */
function sayPlan({ agents, pool = 'main', services }: App, config: DaemonConfig): void {
  compileGateway(gatewayOptions(config));
  compileOptions('limits', limitRules, config.limits ?? {});
  const { mesh, nats, data, host, port } = config;
  const kinds = agents.map(({ kind }) => kind);
  const server = nats === undefined ? `an embedded nats-server in "${data}"` : `nats-server at ${withoutSecrets(nats)}`;
  const rest = services === undefined ? '' : ', with services of its own';
  const text = `would serve ${kinds.join(', ')} in pool "${pool}" of mesh "${mesh}" on ${server}${rest}; http at ${host}:${port}`;
  daemonOutput(config.json === true)('dry_run', text, { mesh, pool, kinds, server, host, port });
}

/** Selects the options that were given: options that all commands share have defaults, which do not count. */
function given(command: Command): GivenOptions & JsonOption & DryRunOption {
  const root = command.parent;
  const global = ['mesh', 'data'].filter((name) => root?.getOptionValueSource(name) === 'cli');
  const said = Object.fromEntries(global.map((name) => [name, root?.getOptionValue(name) as string]));
  return { ...command.opts<GivenOptions>(), ...said };
}
