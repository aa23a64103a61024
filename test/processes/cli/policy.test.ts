/** `parley policy`: rules of one's own are written, tested and built with the real `opa`; each mistake is told with what to do. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findOpa, opa } from '../../../runtime/policy/build/opa-program.ts';
import { starterFiles } from '../../../runtime/policy/build/starter.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { runParley } from '../../support/command.ts';
import { orSkip, type Skippable } from '../../support/or-skip.ts';

let root: string;
let folder: string;
let program: Promise<string>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-own-policy-'));
  program = findOpa();
  program.catch(() => undefined);
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(root, 'app-')), 'policies');
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Ran {
  readonly exit: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `parley policy` in a folder of its own, where no opa is installed. */
async function policy(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const command = runParley(['policy', ...words], env, root);
  return { exit: await command.ended, lines: command.lines, errors: command.errors.join('\n') };
}

/** Runs it with the real `opa`. */
async function withOpa(test: Skippable, words: readonly string[]): Promise<Ran> {
  return policy(words, { PARLEY_OPA: resolve(await orSkip(test, program)) });
}

const refused = (code: string, ...texts: readonly (string | RegExp)[]): object => ({
  exit: 1,
  errors: expect.toSatisfy((said: string) =>
    [`(${code})`, ...texts].every((text) => (typeof text === 'string' ? said.includes(text) : text.test(said))),
  ) as string,
});

async function rulesOf(contributions: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = { 'data.json': '{}', 'contributions.rego': contributions, ...more };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

const allowAll =
  'package parley.policy\n\ncontributions contains {"id": "all", "tier": 1, "effect": "allow", "reason": "all"}\n';

describe('parley policy init', () => {
  it('The starter folder builds, passes its tests and decides, as written', async (test) => {
    expect(await policy(['init', folder])).toMatchObject({ exit: 0 });
    expect((await readdir(folder)).sort()).toEqual(Object.keys(starterFiles).sort());
    const tested = await withOpa(test, ['test', folder]);
    expect(tested).toMatchObject({ exit: 0, errors: '' });
    expect(tested.lines.filter((line) => line.startsWith('passed '))).toHaveLength(6);
    expect(await opa(await program, ['fmt', '--list', '.'], folder)).toBe('');
    expect(await withOpa(test, ['build', folder])).toMatchObject({ exit: 0, errors: '' });
    const engine = await loadPolicy(folder);
    const refund = { action: 'refund', agent_id: 'billing/ann', resource: 'customer/ann', estimated_cost: 10 };
    const effects = [refund, { ...refund, estimated_cost: 51 }, { ...refund, estimated_cost: 501 }, { action: 'x' }];
    expect(effects.map((act) => engine.decide(act).effect)).toEqual(['allow', 'require_approval', 'deny', 'deny']);
  });

  it('Files that are there are not overwritten, and then none is written', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'data.json'), 'mine');
    const said = await policy(['init', folder]);
    expect(said).toMatchObject(refused('PARLEY_POLICY_EXISTS', join(folder, 'data.json'), '--force'));
    expect(await readdir(folder)).toEqual(['data.json']);
    expect(await readFile(join(folder, 'data.json'), 'utf8')).toBe('mine');
  });

  it('Files that are there are replaced with --force, and named', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'data.json'), 'mine');
    const { exit, lines } = await policy(['init', folder, '--force', '--json']);
    expect(exit).toBe(0);
    const files = lines.map((line) => JSON.parse(line) as { readonly path: string; readonly replaced: boolean });
    expect(files.filter(({ replaced }) => replaced)).toEqual([{ path: join(folder, 'data.json'), replaced: true }]);
    expect(await readFile(join(folder, 'data.json'), 'utf8')).toBe(starterFiles['data.json']);
  });

  it('Nothing is written with --dry-run', async () => {
    const { exit, lines } = await policy(['init', folder, '--dry-run']);
    expect([exit, lines[0]]).toEqual([0, `would be written: ${join(folder, 'contributions.rego')}`]);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  it('A folder that cannot be written is an error', async () => {
    await writeFile(join(dirname(folder), 'file'), '');
    const said = await policy(['init', join(dirname(folder), 'file', 'policies')]);
    expect(said).toMatchObject(refused('PARLEY_POLICY_OUTPUT', 'cannot be written'));
  });
});

describe('parley policy build', () => {
  it('Rules are compiled into one file, which is loaded without their folder', async (test) => {
    await rulesOf(allowAll, { 'data.json': '{"list": [1]}' });
    const out = join(dirname(folder), 'dist/policy.tar.gz');
    const { exit, lines } = await withOpa(test, ['build', folder, '--out', out, '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ folder, written: [out], rules: ['contributions.rego'] });
    await withOpa(test, ['build', folder]);
    const { bundle } = await loadPolicy(folder);
    await rm(folder, { recursive: true });
    const engine = await loadPolicy(out);
    expect([engine.decide({ action: 'x' }).effect, engine.bundle]).toEqual(['allow', bundle]);
  });

  it('Rules in folders below are compiled, and nothing is written with --dry-run', async (test) => {
    await rulesOf(`${allowAll.replace('policy\n', 'policy\n\nimport data.shop.names\n').trimEnd()} if names.known\n`);
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop/names.rego'), 'package shop.names\n\nknown if input.action == "x"\n');
    const { exit, lines } = await withOpa(test, ['build', folder, '--dry-run']);
    expect([exit, lines[0], lines.at(-1)]).toEqual([
      0,
      expect.stringContaining('contributions.rego, shop/names.rego'),
      'nothing written',
    ]);
    expect((await readdir(folder)).sort()).toEqual(['contributions.rego', 'data.json', 'shop']);
  });

  it.for<readonly [string, string, string, readonly (string | RegExp)[]]>([
    [
      'a mistake of syntax',
      `${allowAll}\nallow if {\n`,
      'PARLEY_OPA_FAILED',
      ['policies/contributions.rego:6: rego_parse_error'],
    ],
    [
      'an unknown function',
      `${allowAll.trimEnd()} if foo(1)\n`,
      'PARLEY_OPA_FAILED',
      ['policies/contributions.rego:3: rego_type_error', 'foo'],
    ],
    [
      'another package',
      'package shop\n\nallow if true\n',
      'PARLEY_POLICY_FOLDER',
      ['has no entry point', '"package parley.policy"'],
    ],
    [
      'an answer that is no set',
      'package parley.policy\n\ncontributions := true\n',
      'PARLEY_POLICY_FOLDER',
      ['answers', 'contributions contains'],
    ],
    [
      'a function that compiled rules lack',
      `${allowAll.trimEnd()} if time.now_ns() > 0\n`,
      'PARLEY_POLICY_BUNDLE',
      ['call time.now_ns, which compiled rules do not have'],
    ],
  ])('Rules are refused with %s', async ([, rules, code, texts], test) => {
    await rulesOf(rules);
    const said = await withOpa(test, ['build', folder]);
    expect(said).toMatchObject(refused(code, ...texts));
    expect(said.lines).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['contributions.rego', 'data.json']);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['nothing there', async () => undefined, 'is not there: "parley policy init"'],
    ['a file', () => writeFile(folder, ''), 'is no folder'],
    ['no rules', () => mkdir(folder), 'has no rules'],
    ['no data', () => rulesOf(allowAll).then(() => rm(join(folder, 'data.json'))), 'has no data.json'],
    ['data that are no JSON', () => rulesOf(allowAll, { 'data.json': '{"a":' }), 'line 1'],
    ['data that are a list', () => rulesOf(allowAll, { 'data.json': '[]' }), 'is no object'],
  ])('A folder is refused before opa is looked for: %s', async (_what, prepare, why) => {
    await prepare();
    const said = await policy(['build', folder], { PARLEY_OPA: '/nowhere/opa' });
    expect(said).toMatchObject(refused('PARLEY_POLICY_FOLDER', folder, why));
  });

  it('A place that cannot be written is an error, and leaves nothing', async (test) => {
    await rulesOf(allowAll, { file: '' });
    const said = await withOpa(test, ['build', folder, '--out', join(folder, 'file/policy.tar.gz')]);
    expect(said).toMatchObject(refused('PARLEY_POLICY_OUTPUT', 'policy.tar.gz" cannot be written'));
    await writeFile(join(folder, 'bundle'), '');
    expect(await withOpa(test, ['build', folder])).toMatchObject(refused('PARLEY_POLICY_OUTPUT', 'bundle'));
    expect((await readdir(folder)).sort()).toEqual(['bundle', 'contributions.rego', 'data.json', 'file']);
  });
});

describe('parley policy test', () => {
  const tests = `package parley.policy_test

import data.parley.policy

test_something if count(policy.contributions) == 1

test_nothing if count(policy.contributions) == 0

todo_test_more if true
`;

  it('A test that fails is named with its file and line', async (test) => {
    await rulesOf(allowAll, { 'contributions_test.rego': tests });
    const said = await withOpa(test, ['test', folder]);
    expect(said).toMatchObject(refused('PARLEY_POLICY_TESTS', '1 of 3 tests failed'));
    expect(said.lines.slice(1).map((line) => line.split(/ +/))).toEqual([
      ['passed', 'test_something', `${join(folder, 'contributions_test.rego')}:5`],
      ['failed', 'test_nothing', `${join(folder, 'contributions_test.rego')}:7`],
      ['skipped', 'todo_test_more', `${join(folder, 'contributions_test.rego')}:9`],
    ]);
    const asJson = await withOpa(test, ['test', folder, '--json']);
    expect(asJson.lines.map((line) => (JSON.parse(line) as { readonly outcome: string }).outcome)).toEqual([
      'passed',
      'failed',
      'skipped',
    ]);
  });

  it('A bundle of other rules is noted', async (test) => {
    await rulesOf(allowAll, { 'contributions_test.rego': tests.replace(/test_nothing.*/, '') });
    await withOpa(test, ['build', folder]);
    expect((await withOpa(test, ['test', folder])).errors).toBe('');
    await writeFile(join(folder, 'contributions.rego'), `# changed\n${allowAll}`);
    const { exit, errors } = await withOpa(test, ['test', folder]);
    expect([exit, errors]).toEqual([0, `note: bundle/ was built from other rules: "parley policy build ${folder}"`]);
  });

  it('Rules without tests, and tests with a mistake, are errors', async (test) => {
    await rulesOf(allowAll);
    expect(await withOpa(test, ['test', folder])).toMatchObject(refused('PARLEY_POLICY_FOLDER', 'has no tests'));
    await writeFile(join(folder, 'a_test.rego'), 'package a_test\n\nimport data.parley.policy\n\ntest_a if true\n');
    const unused = refused('PARLEY_OPA_FAILED', `${join(folder, 'a_test.rego')}:3`, 'import data.parley.policy unused');
    expect(await withOpa(test, ['test', folder])).toMatchObject(unused);
  });
});

describe('without opa', () => {
  beforeEach(() => rulesOf(allowAll));

  it.each(['build', 'test'])('parley policy %s says what is missing, why it is needed and what to do', async (word) => {
    const said = await policy([word, folder], { PATH: dirname(folder), PARLEY_OPA: '' });
    const why =
      /there is no opa 1\.x, and no Go to install it with; policies are compiled and tested with it: install opa/;
    expect(said).toMatchObject(refused('PARLEY_NO_OPA', why, 'set PARLEY_OPA'));
  });

  it('An installation by Go is announced, and its failure explained', async () => {
    const tools = await mkdtemp(join(root, 'tools-'));
    const go = '#!/bin/sh\n[ "$1" = version ] && exit 0\necho "no route to proxy.golang.org" >&2\nexit 1\n';
    await writeFile(join(tools, 'go'), go, { mode: 0o755 });
    const said = await policy(['build', folder], { PATH: `${tools}:/bin:/usr/bin`, PARLEY_OPA: '' });
    const announced = /there is no opa 1\.x: installing opa [\d.]+ into \S+ with Go, which takes minutes/;
    expect(said).toMatchObject(refused('PARLEY_NO_OPA', announced, 'Go could not install it', 'no route to proxy'));
  });

  it('A PARLEY_OPA that does not run, or is too old, is named', async () => {
    const said = await policy(['build', folder], { PARLEY_OPA: '/nowhere/opa' });
    expect(said).toMatchObject(refused('PARLEY_NO_OPA', 'PARLEY_OPA "/nowhere/opa" cannot be run'));
    const old = join(root, 'opa');
    await writeFile(old, '#!/bin/sh\necho "Version: 0.70.0"\n');
    await chmod(old, 0o755);
    expect(await policy(['build', folder], { PARLEY_OPA: old })).toMatchObject(
      refused('PARLEY_NO_OPA', 'is opa 0.70.0'),
    );
  });
});

it.each([
  [['--no-such'], 'unknown option'],
  [['build', 'a', 'b'], 'too many arguments'],
  [['make'], "unknown command 'make'"],
])('Wrong words are a mistake of usage: parley policy %s', async (words, why) => {
  expect(await policy(words)).toMatchObject({ exit: 2, errors: expect.stringContaining(why) as string });
});
