/** Tests the rules of a folder, checked strictly before. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../core/json.ts';
import { bundleNames } from '../bundle-files.ts';
import { hashSources } from './compile-policy.ts';
import { explained } from './explain-opa.ts';
import { OpaFailedError, opa, runOpa } from './opa-program.ts';
import { dataFile, type PolicyFolder, PolicyFolderError } from './policy-folder.ts';

export interface PolicyTest {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** `policies/contributions_test.rego:12`, as the working directory sees it. */
  readonly place: string;
  /** The error that ended it. */
  readonly error?: string;
}

/** @param path of `opa`. @throws OpaFailedError with the file and line of a mistake, PolicyFolderError without tests */
export async function testPolicy(path: string, folder: PolicyFolder): Promise<readonly PolicyTest[]> {
  const { path: within, sources, tests } = folder;
  const files = [...sources, ...tests, dataFile];
  try {
    await opa(path, ['check', '--strict', ...files], within);
    const { exit, output, errors, cause } = await runOpa(path, ['test', '--format', 'json', ...files], within);
    // 2: a test failed
    if (exit !== 0 && exit !== 2) throw new OpaFailedError('test', `${output}${errors}`, cause);
    const found = (JSON.parse(output) as readonly OpaTest[]).map((test) => testOf(test, within));
    if (found.length > 0) return found;
  } catch (error) {
    throw explained(error, within);
  }
  throw new PolicyFolderError(within, 'has no tests: rules named "test_…" in files named "…_test.rego"');
}

/** A test as `opa test --format json` reports it. */
interface OpaTest {
  readonly name: string;
  readonly location: { readonly file: string; readonly row: number };
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: unknown;
}

function testOf({ name, location, fail, skip, error }: OpaTest, folder: string): PolicyTest {
  const place = `${join(folder, location.file)}:${location.row}`;
  if (error !== undefined) {
    const message = isObject(error) && 'message' in error ? error.message : error;
    return { name, outcome: 'failed', place, error: String(message) };
  }
  return { name, outcome: fail === true ? 'failed' : skip === true ? 'skipped' : 'passed', place };
}

/** Whether the folder has a bundle that was built from other rules: what is tested is then not what decides. */
export async function isOutdated(folder: PolicyFolder): Promise<boolean> {
  const path = join(folder.path, bundleNames.manifest);
  if (!existsSync(path)) return false;
  return sourcesIn(await readFile(path, 'utf8')) !== JSON.stringify(await hashSources(folder));
}

/** @returns undefined for a manifest that is none */
function sourcesIn(manifest: string): string | undefined {
  try {
    return JSON.stringify((JSON.parse(manifest) as { readonly sources?: unknown }).sources);
  } catch {
    return undefined;
  }
}
