/** What all commands have in common: their options, their help, the table of exit codes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { exitCodes } from '../../../runtime/cli/exit-codes.ts';
import { parleyProgram } from '../../../runtime/cli/program.ts';

/** These change nothing; every other command has `--dry-run`. */
const looking = new Set([
  'doctor',
  'ps',
  'describe',
  'dead list',
  'dead show',
  'escalations list',
  'tail',
  'traces list',
  'traces query',
  'traces show',
  'policy test',
]);

function leavesOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((sub) => leavesOf(sub, [...path, sub.name()]));
}

const program = (env: NodeJS.ProcessEnv = {}): Command => parleyProgram(env);
const leaves = leavesOf(program());
const optionsOf = (command: Command): readonly (string | undefined)[] => command.options.map(({ long }) => long);

it.each(leaves.map(([name]) => name))('"%s" has --json', (name) => {
  const command = new Map(leaves).get(name);
  expect(command && optionsOf(command)).toContain('--json');
});

it('Commands that change something have --dry-run, and no others', () => {
  const changing = leaves.filter(([, command]) => optionsOf(command).includes('--dry-run')).map(([name]) => name);
  expect(changing).toEqual(leaves.map(([name]) => name).filter((name) => !looking.has(name)));
});

/** Prints the help of a command, with these words before it. */
function helpOf(words: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const texts: string[] = [];
  const given = program(env);
  for (const command of [given, ...given.commands, ...given.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({ writeOut: (part) => void texts.push(part) });
  }
  expect(() => given.parse(words, { from: 'user' })).toThrow('(outputHelp)');
  return texts.join('');
}

it.each([[['ps', '--help']], [['dead', 'show', '--help']], [['run', '--help']], [['--help']]])(
  'The help of %j shows --mesh and --data, and what they are here',
  (words) => {
    const help = helpOf(words);
    expect(help).toMatch(/--mesh <name> .*--data <folder>/s);
    expect(help).toMatch(/^ {2}mesh +devops \(default/m);
    expect(help).toContain(`data    ${resolve('.parley/data')} (default`);
  },
);

it('Help names where mesh, data folder and server come from', () => {
  const env = { PARLEY_MESH: 'shop', PARLEY_DATA: '/srv/data', NATS_URL: 'nats://ann:secret@nats.example:4222' };
  const help = helpOf(['ps', '--mesh', 'desk', '--help'], env);
  expect(help).toMatch(/^ {2}mesh +desk \(--mesh\)$/m);
  expect(help).toMatch(/^ {2}data +\/srv\/data \(PARLEY_DATA\)$/m);
  expect(help).toMatch(/^ {2}server +nats:\/\/nats\.example:4222 \(NATS_URL\)$/m);
  expect(help).not.toContain('secret');
});

it('The help of run names the configuration file that may say otherwise', () => {
  const config = 'test/processes/cli/fixtures/bad-limits.json';
  const help = helpOf(['run', '--config', config, '--help']);
  expect(help).toContain(`mesh    devops (default; ${config} may name another)`);
});

it.each(['http://x', ':', 'nats://a b'])('Help works with NATS_URL "%s", which is no address', (url) => {
  expect(helpOf(['ps', '--help'], { NATS_URL: url })).toContain('which is no address');
});

it('The README has the table of exit codes', () => {
  const readme = readFileSync('runtime/cli/README.md', 'utf8');
  const rows = [...readme.matchAll(/^\| `(\d)` +\|/gm)].map(([, code]) => Number(code));
  expect(rows).toEqual(Object.values(exitCodes));
});
