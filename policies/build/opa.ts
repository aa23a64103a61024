/** The `opa` command: needed only to compile or test policies. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned, because another version may compile to other bytes. */
export const opaVersion = '1.4.2';
const tools = resolve(import.meta.dirname, '../../.parley/tools');
const installMs = 600_000;
const commandMs = 120_000;
const mostOutput = 256 * 1024 ** 2;
const whatToDo = `install opa ${opaVersion} on PATH, set PARLEY_OPA to its path, or install Go and run "npm run policies:opa"`;

/**
 * Finds the command: at `PARLEY_OPA`, on `PATH`, or in `.parley/tools`. Compiles nothing.
 * @throws Error when none has this version
 */
export async function findOpa(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const found = await search(env);
  if (found === undefined) throw new Error(`there is no opa ${opaVersion}: ${whatToDo}`);
  return found;
}

/**
 * Finds the command, or installs it in `.parley/tools` with Go, which takes minutes of processor time.
 * @throws Error when none has this version and the installation fails
 */
export async function findOrInstallOpa(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return (await search(env)) ?? install(env);
}

/** @throws Error when `PARLEY_OPA` names another version */
async function search(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const named = env.PARLEY_OPA;
  if (named !== undefined && named !== '') {
    const version = await versionOf(named);
    if (version === opaVersion) return named;
    const found = version === undefined ? 'cannot be run' : `is opa ${version}`;
    throw new Error(`PARLEY_OPA "${named}" ${found}, and the policies are compiled with ${opaVersion}: ${whatToDo}`);
  }
  for (const folder of [...(env.PATH ?? '').split(delimiter), tools]) {
    const path = join(folder, 'opa');
    if (existsSync(path) && (await versionOf(path)) === opaVersion) return path;
  }
  return undefined;
}

/** Runs the command. @returns its output. @throws Error with its complete output */
export async function opa(path: string, words: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(path, [...words], { cwd, maxBuffer: mostOutput, timeout: commandMs });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`"opa ${words[0]}" failed:\n${stdout}${stderr}`, { cause });
  }
}

async function install(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    await run('go', ['install', `github.com/open-policy-agent/opa@v${opaVersion}`], {
      env: { ...env, GOBIN: tools },
      timeout: installMs,
    });
  } catch (cause) {
    throw new Error(`there is no opa ${opaVersion}, and Go could not install it: ${whatToDo}`, { cause });
  }
  return join(tools, 'opa');
}

async function versionOf(path: string): Promise<string | undefined> {
  return /^Version: (\S+)/m.exec(await opa(path, ['version'], '.').catch(() => ''))?.[1];
}
