/** Checks the committed policies: formatted, strict, tested, compiled to the bundle beside them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Compiled, compile, policies, sources } from './compile.ts';
import { opa } from './opa.ts';

const rebuild = 'run "npm run policies:build"';

/** @param path of `opa`. @returns the findings, for display. @throws Error with the fault and its remedy */
export async function checkPolicies(path: string): Promise<readonly string[]> {
  const unformatted = await opa(path, ['fmt', '--list', '.'], policies);
  if (unformatted !== '') throw new Error(`not formatted:\n${unformatted}run "opa fmt --write policies"`);
  const rego = [...(await sources()), 'data.json'];
  await opa(path, ['check', '--strict', ...rego], policies);
  const tested = await opa(path, ['test', '--ignore', 'bundle', '.'], policies);
  return [tested.trim(), ...compare(await committed(), await compile(path))];
}

/** Compares byte for byte, except that data may change without a new build. @throws Error */
export function compare(committed: Compiled, compiled: Compiled): readonly string[] {
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

async function committed(): Promise<Compiled> {
  try {
    const wasm = await readFile(join(policies, 'bundle/policy.wasm'));
    const manifest = JSON.parse(await readFile(join(policies, 'bundle/manifest.json'), 'utf8')) as Compiled['manifest'];
    return { wasm, manifest };
  } catch (cause) {
    throw new Error(`there is no bundle that can be read: ${rebuild}`, { cause });
  }
}
