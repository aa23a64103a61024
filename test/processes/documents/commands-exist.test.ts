/** Every command that a README names exists: the npm script, the subcommand, each option, each file, each filter of tests. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { compiled } from '../../setup/compiled.ts';
import { allCommands, programsOf } from '../../support/documents/commands.ts';
import { filesBelow } from '../../support/documents/files-below.ts';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const testFiles = filesBelow('test', '.test.ts');

/** As it is shipped: it starts in a third of the time. */
const parley: readonly string[] = [`${compiled}/runtime/cli/parley.js`];

/** What an npm script starts, and the words that it passes. */
const programOfScript: Readonly<Record<string, readonly string[]>> = {
  start: ['actors/devops/start.ts'],
  parley,
  'demo:seeds': ['actors/devops/seeds.ts'],
  bench: ['bench/bench.ts'],
  soak: ['bench/bench.ts', 'soak'],
  fuzz: ['test/fuzz/fuzz.ts'],
  'chaos:single': ['runtime/testing/chaos/chaos.ts'],
};

/** Programs of others. */
const foreign: ReadonlySet<string> = new Set(['curl', 'cd', 'git']);

const helps = new Map<string, Promise<string>>();

function helpOf(words: readonly string[]): Promise<string> {
  const key = words.join(' ');
  const known =
    helps.get(key) ??
    run(process.execPath, [
      ...(words[0]?.endsWith('.ts') === true ? ['--import', 'tsx'] : []),
      ...words,
      '--help',
    ]).then(({ stdout }) => stdout);
  helps.set(key, known);
  return known;
}

/** Why a command would not do what it says; empty when it would. */
async function faultsOf(words: readonly string[]): Promise<readonly string[]> {
  const [program = '', ...rest] = words;
  if (program === 'npm') return faultsOfNpm(rest);
  if (program === 'npx') return faultsOfNpx(rest);
  if (program === 'parley') return faultsOfProgram(parley, rest);
  if (foreign.has(program)) return [];
  const file = program === 'python3' ? (rest[0] ?? '') : program;
  return existsSync(file) ? [] : [`there is no program ${program} ${file}`];
}

async function faultsOfNpm(words: readonly string[]): Promise<readonly string[]> {
  const given = words.filter((word) => word !== '-s');
  if (given[0] === 'ci') return [];
  const [script = '', ...rest] = given[0] === 'run' ? given.slice(1) : given;
  if (!(script in scripts)) return [`package.json has no script "${script}"`];
  if (rest.length === 0) return [];
  if (rest[0] !== '--') return [`npm keeps what stands before "--": ${rest.join(' ')}`];
  const program = programOfScript[script];
  return program === undefined ? [`"${script}" takes no words`] : faultsOfProgram(program, rest.slice(1));
}

async function faultsOfNpx(words: readonly string[]): Promise<readonly string[]> {
  const [program = '', ...rest] = words;
  if (program === 'parley') return faultsOfProgram(parley, rest);
  if (program === 'tsx') return existsSync(rest[0] ?? '') ? [] : [`there is no ${rest[0]}`];
  // test/consumers bundles with these very options
  if (program === 'esbuild') return [];
  if (program !== 'vitest') return [`npx ${program} is not known`];
  const filters = rest.slice(1).filter((word, at, all) => !word.startsWith('-') && all[at - 1] !== '--project');
  return filters
    .filter((filter) => !testFiles.some((file) => file.includes(filter)))
    .map((filter) => `no test file is found by "${filter}"`);
}

/** Follows subcommands as far as there are any, and looks for each option in the help of the last. */
async function faultsOfProgram(program: readonly string[], words: readonly string[]): Promise<readonly string[]> {
  let at = program;
  let help = await helpOf(at);
  const helpTexts = [help];
  let rest = words;
  while (help.includes('Commands:')) {
    const next = rest.findIndex((word) =>
      new RegExp(`^  ${escaped(word)}( |$)`, 'm').test(help.split('Commands:')[1] ?? ''),
    );
    const word = rest[next];
    if (word === undefined) {
      if (/^<.*>$/.test(rest.at(0) ?? '<>')) return [];
      return rest.every((one) => one.startsWith('-')) ? [] : [`no command is named in "${rest.join(' ')}"`];
    }
    at = [...at, word];
    rest = rest.toSpliced(next, 1);
    help = await helpOf(at);
    helpTexts.push(help);
  }
  return rest
    .filter((word) => /^--?[a-z]/.test(word))
    .filter((option) => !helpTexts.some((text) => new RegExp(`(^|\\s)${escaped(option)}(?![a-z-])`, 'm').test(text)))
    .map((option) => `"${basename(at.join(' '))}" has no option ${option}`);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

it('The READMEs name no command, option, file or test that does not exist', async () => {
  const lines = new Map(allCommands.map(({ readme, line }) => [`${readme}: ${line}`, line]));
  const faults: string[] = [];
  for (const [where, line] of lines) {
    for (const words of programsOf(line)) faults.push(...(await faultsOf(words)).map((fault) => `${where}: ${fault}`));
  }
  expect(lines.size).toBeGreaterThan(60);
  expect(faults).toEqual([]);
});

it.each([
  ['npm run no-such-script', 'package.json has no script "no-such-script"'],
  ['npm run parley -- ps --agent', '"parley.js ps" has no option --agent'],
  ['npm run parley -- list', 'no command is named in "list"'],
  ['npm run bench -- throughput --rouds 3', '"bench.ts throughput" has no option --rouds'],
  ['npx vitest run no-such-test', 'no test file is found by "no-such-test"'],
  ['actors/clients/send.rb 127.0.0.1', 'there is no program actors/clients/send.rb actors/clients/send.rb'],
])('The check finds that "%s" is wrong', async (line, fault) => {
  expect(await faultsOf(programsOf(line)[0] ?? [])).toEqual([fault]);
});
