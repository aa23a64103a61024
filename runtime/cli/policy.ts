/** `parley policy`: writes, builds and tests the rules of an app. */
import type { Command } from 'commander';
import { ParleyError } from '../core/errors.ts';
import {
  compilePolicy,
  findOrInstallOpa,
  isOutdated,
  openPolicyFolder,
  type PolicyTest,
  testPolicy,
  writeBundleFolder,
  writePackedBundle,
  writeStarter,
} from '../policy/build/index.ts';
import { type DryRunOption, type JsonOption, orDryRun, orJson } from './command-options.ts';
import { print, printDocuments } from './open-mesh.ts';
import { tableLines } from './table.ts';

const defaultFolder = 'policies';
const folderHelp = 'the folder of the rules';

class PolicyTestsFailedError extends ParleyError {
  constructor(failed: number, all: number) {
    super('PARLEY_POLICY_TESTS', `${failed} of ${all} tests failed: see "failed" above`);
  }
}

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('the rules that acts are judged by: write, build, test them');
  orDryRun(orJson(policy.command('init')))
    .description('write a folder of rules to start from, with tests')
    .argument('[folder]', folderHelp, defaultFolder)
    .option('--force', 'replace files that are there')
    .action(init);
  orDryRun(orJson(policy.command('build')))
    .description('compile the rules into <folder>/bundle; needs "opa", or Go to install it')
    .argument('[folder]', folderHelp, defaultFolder)
    .option('--out <file>', 'write one file, with rules and data, instead of the bundle folder: policy.tar.gz')
    .action(build);
  orJson(policy.command('test'))
    .description('check the rules, and run their tests; needs "opa", or Go to install it')
    .argument('[folder]', folderHelp, defaultFolder)
    .action(test);
}

interface InitOptions extends JsonOption, DryRunOption {
  readonly force?: boolean;
}

async function init(folder: string, { force = false, dryRun = false, json = false }: InitOptions): Promise<void> {
  const files = await writeStarter(folder, { force, dryRun });
  if (json) return printDocuments(files.map((file) => ({ ...file, ...asDry(dryRun) })));
  for (const { path, replaced } of files)
    print(`${dryRun ? 'would be ' : ''}${replaced ? 'replaced' : 'written'}: ${path}`);
  if (!dryRun) print(`next: parley policy test ${folder}; parley policy build ${folder}`);
}

interface BuildOptions extends JsonOption, DryRunOption {
  readonly out?: string;
}

async function build(folder: string, { out, dryRun = false, json = false }: BuildOptions): Promise<void> {
  const opened = await openPolicyFolder(folder);
  const compiled = await compilePolicy(await findOpa(), opened);
  const written = dryRun
    ? []
    : out === undefined
      ? await writeBundleFolder(folder, compiled)
      : await writePackedBundle(out, opened, compiled);
  const { wasm, opa } = compiled.manifest;
  const bytes = compiled.wasm.length;
  if (json) return printDocuments([{ folder, written, bytes, wasm, opa, rules: opened.sources, ...asDry(dryRun) }]);
  print(`compiled by opa ${opa}: ${opened.sources.join(', ')}`);
  print(`policy.wasm: ${bytes} bytes, SHA-256 ${wasm}`);
  print(written.length === 0 ? 'nothing written' : `written: ${written.join(', ')}`);
}

async function test(folder: string, { json = false }: JsonOption): Promise<void> {
  const opened = await openPolicyFolder(folder);
  const tests = await testPolicy(await findOpa(), opened);
  if (json) printDocuments(tests);
  else for (const line of tableLines(['', 'test', 'where', ''], tests.map(rowOf))) print(line);
  if (await isOutdated(opened)) note(`note: bundle/ was built from other rules: "parley policy build ${folder}"`);
  const failed = tests.filter(({ outcome }) => outcome === 'failed').length;
  if (failed > 0) throw new PolicyTestsFailedError(failed, tests.length);
}

const asDry = (dryRun: boolean): object => (dryRun ? { dry_run: true } : {});

const rowOf = ({ outcome, name, place, error = '' }: PolicyTest): readonly string[] => [outcome, name, place, error];

const findOpa = (): Promise<string> => findOrInstallOpa({}, note);

/** On standard error: standard output is the command's answer. */
const note = (line: string): void => void process.stderr.write(`${line}\n`);
