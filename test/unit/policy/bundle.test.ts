/** An incomplete bundle is refused: one error with the fault and the remedy. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../runtime/core/json.ts';
import { sha256 } from '../../../runtime/policy/bundle.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';
import { acts, settings } from './policy-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-policy-'));
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function copied(): Promise<string> {
  const copy = await mkdtemp(join(folder, 'copy-'));
  await cp('policies/bundle', join(copy, 'bundle'), { recursive: true });
  await cp('policies/data.json', join(copy, 'data.json'));
  return copy;
}

/** A bundle whose WebAssembly was changed, and its hash with it. */
async function replaceWasm(copy: string, wasm: Uint8Array): Promise<void> {
  const manifest = JSON.parse(await readFile(join(copy, 'bundle/manifest.json'), 'utf8')) as JsonObject;
  await writeFile(join(copy, 'bundle/policy.wasm'), wasm);
  await writeFile(join(copy, 'bundle/manifest.json'), JSON.stringify({ ...manifest, wasm: sha256(wasm) }));
}

const refused = (where: string, message: RegExp, remedy: RegExp) => ({
  code: 'PARLEY_POLICY_BUNDLE',
  retryable: false,
  where,
  message: expect.stringMatching(new RegExp(`${message.source}.*; .*${remedy.source}`)) as string,
});

describe('a folder', () => {
  it.each<[string, string, string, RegExp, RegExp]>([
    ['WebAssembly of other bytes', 'bundle/policy.wasm', 'nonsense', /not that of its manifest/, /policy build/],
    ['a manifest that is no JSON', 'bundle/manifest.json', '{', /manifest.json is no JSON/, /policy build/],
    ['a manifest that is a list', 'bundle/manifest.json', '[]', /manifest.json is no JSON object/, /policy build/],
    ['a manifest of something else', 'bundle/manifest.json', '{"entrypoint":"x"}', /is "x", not/, /policy build/],
    ['data that are no JSON', 'data.json', '{"thresholds":', /data.json is no JSON/, /README/],
    ['data that are a list', 'data.json', '[]', /data.json is no JSON object/, /README/],
  ])('A folder with %s is refused', async (_what, name, content, message, remedy) => {
    const copy = await copied();
    await writeFile(join(copy, name), content);
    await expect(loadPolicy(copy)).rejects.toMatchObject(refused(copy, message, remedy));
  });

  it.each(['bundle/policy.wasm', 'bundle/manifest.json', 'data.json'])(
    'A folder without %s is refused',
    async (name) => {
      const copy = await copied();
      await rm(join(copy, name));
      await expect(loadPolicy(copy)).rejects.toMatchObject(refused(copy, /cannot be read/, /policy build|README/));
    },
  );

  it('A folder with one bit of the WebAssembly changed is refused', async () => {
    const copy = await copied();
    const wasm = await readFile(join(copy, 'bundle/policy.wasm'));
    wasm[wasm.length >> 1] = (wasm[wasm.length >> 1] ?? 0) ^ 1;
    await writeFile(join(copy, 'bundle/policy.wasm'), wasm);
    await expect(loadPolicy(copy)).rejects.toMatchObject(refused(copy, /not that of its manifest/, /policy build/));
  });

  it.each<[string, (wasm: Buffer) => Uint8Array, RegExp]>([
    ['cut short', (wasm) => wasm.subarray(0, wasm.length >> 1), /does not start/],
    ['empty', () => new Uint8Array(), /does not start/],
    ['not of OPA', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /does not start/],
  ])(
    'A folder with WebAssembly that is %s, and has the hash of its manifest, is refused',
    async (_what, change, message) => {
      // the library tells the console too
      vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const copy = await copied();
      await replaceWasm(copy, change(await readFile(join(copy, 'bundle/policy.wasm'))));
      await expect(loadPolicy(copy)).rejects.toMatchObject(refused(copy, message, /policy build/));
    },
  );

  it('A folder with changed data is used under another name', async () => {
    const copy = await copied();
    await writeFile(join(copy, 'data.json'), JSON.stringify(settings));
    const [changed, committed] = [await loadPolicy(copy), await loadPolicy('policies')];
    expect(changed.decide(acts.scale_up).effect).toBe('allow');
    expect(changed.bundle).not.toBe(committed.bundle);
  });
});

describe('parts in memory', () => {
  it('Parts in memory are named like the same parts in a folder, however their keys are ordered', async () => {
    const wasm = await readFile('policies/bundle/policy.wasm');
    const data = JSON.parse(await readFile('policies/data.json', 'utf8')) as JsonObject;
    const reordered = Object.fromEntries(Object.entries(data).reverse());
    expect((await loadPolicy({ wasm, data: reordered })).bundle).toBe((await loadPolicy('policies')).bundle);
  });

  it('Parts in memory are copied: later changes have no effect', async () => {
    const wasm = await readFile('policies/bundle/policy.wasm');
    const data = structuredClone<{ thresholds: { manager_approval: number } }>(settings);
    const policy = await loadPolicy({ wasm, data: data as unknown as JsonObject });
    data.thresholds.manager_approval = 1;
    wasm.fill(0);
    expect(policy.decide(acts.scale_up).effect).toBe('allow');
  });

  it('Parts in memory must be data', async () => {
    const wasm = await readFile('policies/bundle/policy.wasm');
    const data = { thresholds: Number.NaN };
    await expect(loadPolicy({ wasm, data })).rejects.toMatchObject(refused('memory', /no JSON object/, /README/));
  });
});

it.each<[string, object, string]>([
  ['no steps', { maxSteps: 0 }, 'policy.maxSteps'],
  ['no memory', { memoryMiB: 0 }, 'policy.memoryMiB'],
])('loadPolicy refuses limits of %s', async (_what, limits, option) => {
  await expect(loadPolicy('policies', limits)).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION', option });
});

it('loadPolicy refuses an unknown strategy', async () => {
  const options = { strategy: 'allow_overrides' } as unknown as { strategy: 'deny_overrides' };
  await expect(loadPolicy('policies', options)).rejects.toMatchObject({
    code: 'PARLEY_INVALID_OPTION',
    message: expect.stringContaining('deny_overrides, highest_tier') as string,
  });
});
