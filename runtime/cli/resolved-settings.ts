/** Says in each help what the command line means here: which mesh, data folder and server a command would use. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { natsUrl, withoutSecrets } from '../transport/jetstream/index.ts';
import { defaultConfigFile } from './daemon-config.ts';
import type { CommonOptions } from './settings.ts';

export function resolvedSettings(program: Command, command: Command, env: NodeJS.ProcessEnv): string {
  const { mesh, data } = program.opts<CommonOptions>();
  const from = (name: keyof CommonOptions): string => {
    const variable = `PARLEY_${name.toUpperCase()}`;
    if (program.getOptionValueSource(name) === 'cli') return `--${name}`;
    if (env[variable]) return variable;
    const { config = defaultConfigFile } = command.opts<{ readonly config?: string }>();
    const mayBeFile = command.name() === 'run' && existsSync(config);
    return mayBeFile ? `default; ${config} may name another` : 'default';
  };
  const lines = [
    ['mesh', `${mesh} (${from('mesh')})`],
    ['data', `${resolve(data)} (${from('data')})`],
    ['server', serverIn(command, env.NATS_URL)],
  ];
  return ['', 'Here that is:', ...lines.map(([name = '', value]) => `  ${name.padEnd(8)}${value}`)].join('\n');
}

function serverIn(command: Command, url: string | undefined): string {
  if (url === undefined || url === '')
    return command.name() === 'run'
      ? 'an embedded nats-server in the data folder'
      : 'the embedded nats-server that runs with the data folder';
  try {
    return `${withoutSecrets(natsUrl(url))} (NATS_URL)`;
  } catch {
    return 'what NATS_URL says, which is no address';
  }
}
