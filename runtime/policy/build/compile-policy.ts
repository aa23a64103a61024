/**
 * Compiles the rules of a folder: equal sources give equal bytes.
 *
 * This holds while every package is a single file: OPA reads the files of a package in the order of a hash map, and its output
 * follows that order. The packages follow each other as the entry point needs them.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hashOf } from '../../core/canonical-json.ts';
import { show } from '../../core/errors.ts';
import { entrypoint, openBundle, type PolicyManifest, sha256 } from '../bundle.ts';
import { readContributions } from '../read-contributions.ts';
import { RegoEvaluator } from '../rego-evaluator.ts';
import { readTar } from '../tar.ts';
import { explained } from './explain-opa.ts';
import { OpaFailedError, opa, versionOfOpa } from './opa-program.ts';
import { type PolicyFolder, PolicyFolderError } from './policy-folder.ts';

export interface CompiledPolicy {
  readonly wasm: Uint8Array;
  readonly manifest: PolicyManifest;
}

/**
 * Compiles the rules, then evaluates them once.
 * @param path of `opa`
 * @throws OpaFailedError with the file and line of a mistake, PolicyFolderError, PolicyBundleError
 */
export async function compilePolicy(path: string, folder: PolicyFolder): Promise<CompiledPolicy> {
  const wasm = await buildWasm(path, folder);
  const manifest: PolicyManifest = {
    entrypoint,
    wasm: sha256(wasm),
    sources: await hashSources(folder),
    data: hashOf(folder.data),
    opa: (await versionOfOpa(path)) ?? 'unknown',
  };
  await checkAnswer(folder, wasm);
  return { wasm, manifest };
}

export async function hashSources({ path, sources }: PolicyFolder): Promise<PolicyManifest['sources']> {
  const hashed = sources.map(async (name) => [name, sha256(await readFile(join(path, name)))] as const);
  return Object.fromEntries(await Promise.all(hashed));
}

async function buildWasm(path: string, { path: folder, sources }: PolicyFolder): Promise<Uint8Array> {
  const output = await mkdtemp(join(tmpdir(), 'parley-policies-'));
  try {
    const archive = join(output, 'bundle.tar.gz');
    await opa(path, ['build', '-t', 'wasm', '-e', entrypoint, '-o', archive, ...sources], folder);
    const wasm = readTar(gunzipSync(await readFile(archive))).get('policy.wasm');
    if (wasm === undefined) throw new OpaFailedError('build', 'it wrote no policy.wasm');
    return wasm;
  } catch (error) {
    throw explained(error, folder);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Each act would be denied under rules that answer something else, or nothing in time. @throws PolicyFolderError, PolicyBundleError */
async function checkAnswer({ path, data }: PolicyFolder, wasm: Uint8Array): Promise<void> {
  const answer = new RegoEvaluator(await openBundle({ wasm, data })).evaluate({});
  if (readContributions(answer) !== undefined) return;
  throw new PolicyFolderError(
    path,
    `answers ${show(answer)}, and must answer a set of {id, tier, effect, reason}: ` +
      'write "contributions contains {…} if …"',
  );
}
