/** The `opa` command: needed only to build or test policies. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ParleyError, reasonOf } from '../../core/errors.ts';

/** The version that is installed where there is none. The committed bundle needs it: another one may compile to other bytes. */
export const opaVersion = '1.4.2';

const whatToDo = `install opa ${opaVersion} on PATH, set PARLEY_OPA to its path, or install Go, with which this command installs it`;
const installMs = 600_000;
const commandMs = 120_000;
const mostOutput = 256 * 1024 ** 2;

/** Policies are compiled and tested with `opa`, and there is none that can be used. */
class OpaMissingError extends ParleyError {
  constructor(why: string, cause?: unknown) {
    super('PARLEY_NO_OPA', `${why}; policies are compiled and tested with it: ${whatToDo}`, { cause });
  }
}

/** The command refused its work. The message has its complete output. */
export class OpaFailedError extends ParleyError {
  /** `build`, `check`, `test`. */
  readonly word: string;
  readonly output: string;

  constructor(word: string, output: string, cause?: unknown) {
    super('PARLEY_OPA_FAILED', `"opa ${word}" failed:\n${output.trimEnd()}`, { cause });
    this.word = word;
    this.output = output;
  }
}

export interface OpaSearch {
  readonly env?: NodeJS.ProcessEnv;
  /** Accepts `opaVersion` alone; otherwise every opa 1.x, whose language is Rego v1. */
  readonly exact?: boolean;
}

/**
 * Finds the command: at `PARLEY_OPA`, on `PATH`, or in `.parley/tools`. Compiles nothing.
 * @returns its path. @throws OpaMissingError
 */
export async function findOpa(search: OpaSearch = {}): Promise<string> {
  const found = await find(search);
  if (found === undefined) throw new OpaMissingError(`there is no ${wanted(search)}`);
  return found;
}

/**
 * Finds the command, or installs it in `.parley/tools` with Go, which takes minutes of processor time.
 * @param say is told before the installation begins
 * @throws OpaMissingError
 */
export async function findOrInstallOpa(
  search: OpaSearch = {},
  say: (line: string) => void = () => undefined,
): Promise<string> {
  return (await find(search)) ?? install(search, say);
}

/** Runs the command. @returns its output. @throws OpaFailedError */
export async function opa(path: string, words: readonly string[], cwd: string): Promise<string> {
  const { exit, output, errors, cause } = await runOpa(path, words, cwd);
  if (exit !== 0) throw new OpaFailedError(words[0] ?? '', `${output}${errors}`, cause);
  return output;
}

interface OpaRun {
  /** Undefined when it did not run to its end. */
  readonly exit: number | undefined;
  readonly output: string;
  readonly errors: string;
  readonly cause?: unknown;
}

/** Runs the command, whatever comes of it. */
export async function runOpa(path: string, words: readonly string[], cwd: string): Promise<OpaRun> {
  try {
    const { stdout, stderr } = await run(path, [...words], { cwd, maxBuffer: mostOutput, timeout: commandMs });
    return { exit: 0, output: stdout, errors: stderr };
  } catch (cause) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = cause as {
      readonly code?: unknown;
      readonly stdout?: string;
      readonly stderr?: string;
    };
    if (typeof code === 'number') return { exit: code, output: stdout, errors: stderr, cause };
    return { exit: undefined, output: stdout, errors: `${stderr}${reasonOf(cause)}`, cause };
  }
}

const run = promisify(execFile);

/** Where it is installed: beside the other programs that are fetched. */
const toolsFolder = (): string => resolve('.parley/tools');

const wanted = ({ exact = false }: OpaSearch): string => (exact ? `opa ${opaVersion}` : 'opa 1.x');

const fits = (version: string | undefined, { exact = false }: OpaSearch): boolean =>
  version !== undefined && (exact ? version === opaVersion : /^1\.\d/.test(version));

/** @throws OpaMissingError when `PARLEY_OPA` names another version, or nothing that runs */
async function find(search: OpaSearch): Promise<string | undefined> {
  const { PARLEY_OPA: named = '', PATH: path = '' } = search.env ?? process.env;
  if (named !== '') {
    const version = await versionOfOpa(named);
    if (fits(version, search)) return named;
    const found = version === undefined ? 'cannot be run' : `is opa ${version}`;
    throw new OpaMissingError(`PARLEY_OPA "${named}" ${found}, and is no ${wanted(search)}`);
  }
  for (const folder of [...path.split(delimiter), toolsFolder()]) {
    const candidate = join(folder, 'opa');
    if (existsSync(candidate) && fits(await versionOfOpa(candidate), search)) return candidate;
  }
  return undefined;
}

async function install(search: OpaSearch, say: (line: string) => void): Promise<string> {
  const tools = toolsFolder();
  const env = search.env ?? process.env;
  const none = `there is no ${wanted(search)}`;
  try {
    await run('go', ['version'], { env });
  } catch (cause) {
    throw new OpaMissingError(`${none}, and no Go to install it with`, cause);
  }
  say(`${none}: installing opa ${opaVersion} into ${tools} with Go, which takes minutes`);
  try {
    const module = `github.com/open-policy-agent/opa@v${opaVersion}`;
    await run('go', ['install', module], { env: { ...env, GOBIN: tools }, timeout: installMs });
  } catch (cause) {
    throw new OpaMissingError(`${none}, and Go could not install it: ${reasonOf(cause)}`, cause);
  }
  return join(tools, 'opa');
}

export async function versionOfOpa(path: string): Promise<string | undefined> {
  const { output } = await runOpa(path, ['version'], '.');
  return /^Version: (\S+)/m.exec(output)?.[1];
}
