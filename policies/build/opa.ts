/** The `opa` command: by `PARLEY_OPA`, by `PATH`, or installed with Go into `.parley/tools`. Only builders and tests need it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Another one may compile to other bytes. */
export const opaVersion = '1.4.2';
const tools = resolve('.parley/tools');
const installMs = 600_000;

/** @throws Error when there is none, and none can be had */
export async function findOpa(): Promise<string> {
  const named = process.env.PARLEY_OPA;
  if (named !== undefined && named !== '') return named;
  const places = [tools, ...(process.env.PATH ?? '').split(delimiter)].map((folder) => join(folder, 'opa'));
  for (const path of places) if (existsSync(path) && (await versionOf(path)) === opaVersion) return path;
  return install();
}

export async function opa(path: string, words: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run(path, [...words], { cwd, maxBuffer: 256 * 1024 ** 2 });
  return stdout;
}

async function install(): Promise<string> {
  const env = { ...process.env, GOBIN: tools };
  try {
    await run('go', ['install', `github.com/open-policy-agent/opa@v${opaVersion}`], { env, timeout: installMs });
  } catch (cause) {
    throw new Error(
      `there is no opa ${opaVersion}, and Go could not install it: install opa, or set PARLEY_OPA to its path`,
      { cause },
    );
  }
  return join(tools, 'opa');
}

async function versionOf(path: string): Promise<string | undefined> {
  return /^Version: (\S+)/m.exec(await opa(path, ['version'], '.').catch(() => ''))?.[1];
}
