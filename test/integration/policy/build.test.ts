/** The compilation of the policies, with the findings of `npm run policies:check`. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkPolicies, compare, policies } from '../../../policies/build/check-policies.ts';
import { type CompiledPolicy, compilePolicy } from '../../../runtime/policy/build/compile-policy.ts';
import { openPolicyFolder, testPolicy } from '../../../runtime/policy/build/index.ts';
import { findOpa, opa, opaVersion } from '../../../runtime/policy/build/opa-program.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { orSkip } from '../../support/or-skip.ts';

let path: Promise<string>;
beforeAll(() => {
  path = findOpa({ exact: true });
  path.catch(() => undefined);
});

it('The policies pass their own tests, and the committed bundle is what they compile to', async (test) => {
  const found = (await checkPolicies(await orSkip(test, path))).join('\n');
  expect(found).toMatch(/PASS: (\d+)\/\1\n/);
  expect(found).toContain('byte for byte');
});

it('The policy of the support desk passes its own tests, and the committed bundle is what it compiles to', async (test) => {
  const found = await orSkip(test, path);
  const where = 'actors/examples/support_desk/policy';
  const folder = await openPolicyFolder(where);
  expect(await opa(found, ['fmt', '--list', '.'], where)).toBe('');
  const tests = await testPolicy(found, folder);
  expect([tests.length > 6, new Set(tests.map(({ outcome }) => outcome))]).toEqual([true, new Set(['passed'])]);
  const { wasm, manifest } = await compilePolicy(found, folder);
  expect(Buffer.compare(wasm, await readFile(join(where, 'bundle/policy.wasm')))).toBe(0);
  expect(JSON.parse(await readFile(join(where, 'bundle/manifest.json'), 'utf8'))).toEqual(manifest);
});

it('The policies compile to the same bytes every time', async (test) => {
  const found = await orSkip(test, path);
  const [hashes, folder] = [new Set<string>(), await openPolicyFolder(policies)];
  for (let n = 0; n < 5; n++) hashes.add((await compilePolicy(found, folder)).manifest.wasm);
  expect(hashes.size).toBe(1);
});

it('Each file has a package of its own: otherwise the bytes would differ', async () => {
  const { sources } = await openPolicyFolder(policies);
  const named = sources.map(async (name) => {
    const [, found] = /^package (\S+)$/m.exec(await readFile(join(policies, name), 'utf8')) ?? [];
    return found;
  });
  const names = await Promise.all(named);
  expect(names).not.toContain(undefined);
  expect(new Set(names).size).toBe(names.length);
});

describe('a bundle of other policies', () => {
  const manifest = { entrypoint: 'e', wasm: 'w', sources: { 'a.rego': '1' }, data: 'd', opa: opaVersion };
  const built: CompiledPolicy = { wasm: Uint8Array.of(1, 2), manifest };

  it.each<[string, CompiledPolicy, RegExp]>([
    ['other bytes', { ...built, wasm: Uint8Array.of(1, 3) }, /policy.wasm is not what .* "npm run policies:build"/],
    ['other sources', { ...built, manifest: { ...manifest, sources: {} } }, /manifest.json is not .*policies:build/],
    [
      'another compiler',
      { ...built, manifest: { ...manifest, opa: '1.0.0' } },
      /manifest.json is not .*policies:build/,
    ],
  ])('A bundle that differs from the policies is found: %s', (_what, committed, message) => {
    expect(() => compare(committed, built)).toThrow(message);
  });

  it('Changed data need no new bundle', () => {
    expect(compare(built, built)).toHaveLength(1);
    const changed = compare({ ...built, manifest: { ...manifest, data: 'other' } }, built);
    expect(changed[1]).toMatch(/data.json was changed .* needs no compiling/);
  });
});

describe('the opa command', () => {
  it('PARLEY_OPA must name an opa of the version that the policies are compiled with', async () => {
    const whatToDo = `install opa ${opaVersion} on PATH, set PARLEY_OPA to its path, or install Go`;
    await expect(findOpa({ env: { PARLEY_OPA: '/nowhere/opa' } })).rejects.toThrow(`cannot be run, and`);
    await expect(findOpa({ env: { PARLEY_OPA: '/nowhere/opa' } })).rejects.toThrow(whatToDo);
    const folder = await mkdtemp(join(tmpdir(), 'parley-opa-'));
    try {
      const other = join(folder, 'opa');
      await writeFile(other, '#!/bin/sh\necho "Version: 0.9.0"\n', { mode: 0o755 });
      await expect(findOpa({ env: { PARLEY_OPA: other } })).rejects.toThrow('is opa 0.9.0');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('The opa command passes on the output of a failure', async (test) => {
    const run = opa(await orSkip(test, path), ['check', 'nothing.rego'], policies);
    await expect(run).rejects.toThrow(/"opa check" failed:\n[\s\S]*nothing.rego/);
  });
});

it('A bundle compiled for another entry point is refused', async (test) => {
  const found = await orSkip(test, path);
  const folder = await mkdtemp(join(tmpdir(), 'parley-opa-'));
  try {
    await writeFile(join(folder, 'other.rego'), 'package other\n\nallow if input.admin == true\n');
    await opa(found, ['build', '-t', 'wasm', '-e', 'other/allow', '-o', 'other.tar.gz', 'other.rego'], folder);
    await promisify(execFile)('tar', ['-xzf', 'other.tar.gz'], { cwd: folder });
    const wasm = await readFile(join(folder, 'policy.wasm'));
    await expect(loadPolicy({ wasm, data: {} })).rejects.toMatchObject({
      code: 'PARLEY_POLICY_BUNDLE',
      message: expect.stringContaining('has no entry point "parley/policy/contributions"') as string,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
