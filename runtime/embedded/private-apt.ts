/** A private apt: its sources, lists, cache and hooks are in its own folder; it neither uses nor changes those of the machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SearchContext } from './nats-source.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface AptSettings {
  readonly mirror: string;
  readonly suite: string;
  readonly keyring: string;
  /** After this time a silent mirror is given up. */
  readonly silenceSeconds: number;
}

export type AptProgram = 'apt-get' | 'apt-cache';

export type Apt = (program: AptProgram, args: readonly string[], deadlineMs: number) => Promise<CommandResult>;

/** Creates the folder. Proxies and certificates stay as the machine's own apt has them. */
export async function privateApt(context: SearchContext, folder: string, settings: AptSettings): Promise<Apt> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const { keyring, mirror, suite } = settings;
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  const config = join(folder, 'apt.conf');
  await writeFile(config, aptConfig(folder, settings.silenceSeconds, process.getuid?.() === 0));
  const env = { ...context.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  return (program, args, deadlineMs) =>
    runCommand(context.clock, program, ['-q', '-c', config, ...args], {
      cwd: folder,
      env,
      deadlineMs,
      signal: context.signal,
    });
}

/** Returns the configuration, which apt reads after the machine's own, so that it takes precedence. */
export function aptConfig(folder: string, silenceSeconds: number, asRoot: boolean): string {
  // hooks of the machine clean its caches and notify its desktop after every update
  const hooks = ['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'];
  const settings: Readonly<Record<string, string>> = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'Acquire::http::Timeout': String(silenceSeconds),
    'Acquire::https::Timeout': String(silenceSeconds),
    'Acquire::Retries': '0',
    'APT::Update::Error-Mode': 'any',
    // the user `_apt` may not enter the project's folder; apt as root would warn about that
    ...(asRoot ? { 'APT::Sandbox::User': 'root' } : {}),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${quoted(value)};`);
  return [...[...hooks, 'APT::Default-Release'].map((name) => `#clear ${name};`), ...lines, ''].join('\n');
}

/** Quotes a value. apt has no escape inside quotes: it reports an error for a path that contains one. */
const quoted = (value: string): string => `"${value}"`;

/** Extracts the first error of apt: later ones are its consequences. */
export function aptFailureText(ran: CommandResult): string {
  const lines = ran.stderr.split('\n').map((line) => line.trim());
  const error = lines
    .find((line) => line.startsWith('E:'))
    ?.slice(2)
    .trim();
  return [ran.failure, error].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}

/** Whether the mirror itself did not answer: then no other suite on it will answer either. */
export function isUnreachable(ran: CommandResult): boolean {
  const said = `${ran.stdout}\n${ran.stderr}`;
  return (
    ran.failure !== undefined ||
    /Could not (resolve|connect)|Temporary failure|[Uu]nable to connect|Cannot initiate|Connection (failed|timed out|refused)/.test(
      said,
    )
  );
}
