/** Checks the committed policies: formatted, strict, tested, compiled to the bundle beside them. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CompiledPolicy, compilePolicy } from '../../runtime/policy/build/compile-policy.ts';
import { openPolicyFolder, testPolicy } from '../../runtime/policy/build/index.ts';
import { opa } from '../../runtime/policy/build/opa-program.ts';
import { bundleNames } from '../../runtime/policy/bundle-files.ts';

export const policies: string = resolve(import.meta.dirname, '..');

const rebuild = 'run "npm run policies:build"';

/** @param path of `opa`. @returns the findings, for display. @throws Error with the fault and its remedy */
export async function checkPolicies(path: string): Promise<readonly string[]> {
  const unformatted = await opa(path, ['fmt', '--list', '.'], policies);
  if (unformatted !== '') throw new Error(`not formatted:\n${unformatted}run "opa fmt --write policies"`);
  const folder = await openPolicyFolder(policies);
  const tests = await testPolicy(path, folder);
  const failed = tests.filter(({ outcome }) => outcome !== 'passed').map(({ name, place }) => `${place}: ${name}`);
  if (failed.length > 0) throw new Error(`not all tests passed:\n${failed.join('\n')}`);
  const passed = `PASS: ${tests.length}/${tests.length}`;
  return [passed, ...compare(await committed(), await compilePolicy(path, folder))];
}

/** Compares byte for byte, except that data may change without a new build. @throws Error */
export function compare(committed: CompiledPolicy, compiled: CompiledPolicy): readonly string[] {
  const { data, ...said } = committed.manifest;
  const { data: dataNow, ...saidNow } = compiled.manifest;
  if (JSON.stringify(said) !== JSON.stringify(saidNow)) {
    throw new Error(`bundle/manifest.json is not that of these policies: ${rebuild}`);
  }
  if (Buffer.compare(committed.wasm, compiled.wasm) !== 0) {
    throw new Error(`bundle/policy.wasm is not what the policies compile to: ${rebuild}`);
  }
  const same = 'bundle/policy.wasm is what the policies compile to, byte for byte';
  if (data === dataNow) return [same];
  return [same, 'data.json was changed since the bundle was built: that needs no compiling, and is in force'];
}

async function committed(): Promise<CompiledPolicy> {
  try {
    const wasm = await readFile(join(policies, bundleNames.wasm));
    const manifest = JSON.parse(await readFile(join(policies, bundleNames.manifest), 'utf8')) as unknown;
    return { wasm, manifest: manifest as CompiledPolicy['manifest'] };
  } catch (cause) {
    throw new Error(`there is no bundle that can be read: ${rebuild}`, { cause });
  }
}
