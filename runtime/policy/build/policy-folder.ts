/** A folder of policies: Rego files, their tests, `data.json`. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { parseJsonText } from '../../core/json-text.ts';

/** The folder lacks something that policies need. */
export class PolicyFolderError extends ParleyError {
  constructor(folder: string, why: string, cause?: unknown) {
    super('PARLEY_POLICY_FOLDER', `"${folder}" ${why}`, { cause });
  }
}

export interface PolicyFolder {
  readonly path: string;
  /** Relative to the folder, also below it, in order; without tests. */
  readonly sources: readonly string[];
  /** Relative to the folder: `*_test.rego`. */
  readonly tests: readonly string[];
  readonly data: JsonObject;
}

export const dataFile = 'data.json';

const starter = '"parley policy init" writes one to start from';

/** @throws PolicyFolderError */
export async function openPolicyFolder(path: string): Promise<PolicyFolder> {
  const found = await stat(path).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PolicyFolderError(
      path,
      isMissing ? `is not there: ${starter}` : `cannot be read: ${reasonOf(error)}`,
      error,
    );
  });
  if (!found.isDirectory()) throw new PolicyFolderError(path, `is no folder: ${starter}`);
  const rego = (await readdir(path, { recursive: true })).filter(isRule).sort();
  const [tests, sources] = [rego.filter(isTest), rego.filter((name) => !isTest(name))];
  if (sources.length === 0) throw new PolicyFolderError(path, `has no rules, which are "*.rego" files: ${starter}`);
  return { path, sources, tests, data: await readData(path) };
}

const isRule = (name: string): boolean =>
  name.endsWith('.rego') && !name.split('/').some((part) => part.startsWith('.') || part === 'node_modules');
const isTest = (name: string): boolean => name.endsWith('_test.rego');

async function readData(path: string): Promise<JsonObject> {
  const what = 'the settings that the rules read as "data", or {} without any';
  let data: unknown;
  try {
    data = parseJsonText(await readFile(join(path, dataFile)));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? `has no ${dataFile}` : `has a ${dataFile} that cannot be read: ${reasonOf(error)}`;
    throw new PolicyFolderError(path, `${why}; it holds ${what}`, error);
  }
  if (!isObject(data)) throw new PolicyFolderError(path, `has a ${dataFile} that is no object; it holds ${what}`);
  return data as JsonObject;
}
