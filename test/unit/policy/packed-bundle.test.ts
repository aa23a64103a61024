/** A policy in one file: loaded by path, by URL or from its bytes, or refused with the reason. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicySource } from '../../../runtime/policy/bundle.ts';
import { packBundle } from '../../../runtime/policy/packed-bundle.ts';
import { readTar, writeTar } from '../../../runtime/policy/tar.ts';
import { loadPolicy } from '../../../runtime/policy/wasm-engine.ts';

let folder: string;
let file: string;
let packed: Uint8Array;
let parts: Readonly<Record<'wasm' | 'data' | 'manifest', Uint8Array>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-packed-'));
  const of = (name: string): Promise<Uint8Array> => readFile(join('policies', name));
  parts = {
    wasm: await of('bundle/policy.wasm'),
    data: await of('data.json'),
    manifest: await of('bundle/manifest.json'),
  };
  packed = packBundle(parts);
  file = join(folder, 'policy.tar.gz');
  await writeFile(file, packed);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sources: readonly [string, () => PolicySource][] = [
  ['an absolute path', () => file],
  ['a path relative to the working directory', () => relative('.', file)],
  ['a URL', () => pathToFileURL(file)],
  ['a URL as text', () => pathToFileURL(file).href],
  ['its bytes', () => packed],
  ['bytes in the middle of a buffer', () => Buffer.concat([Buffer.alloc(7), packed, Buffer.alloc(7)]).subarray(7, -7)],
  ['the URL of its folder', () => pathToFileURL('policies')],
  ['the path of its folder', () => join(process.cwd(), 'policies')],
];

it.each(sources)('A policy is loaded from %s, under the same name', async (_what, source) => {
  const { bundle } = await loadPolicy('policies');
  expect((await loadPolicy(source())).bundle).toBe(bundle);
});

it('A bundle that "opa build" packed, without a manifest of Parley, is loaded', async () => {
  const { wasm, data } = parts;
  const archive = gzipSync(writeTar({ '/data.json': data, '/policy.wasm': wasm, '/.manifest': Buffer.from('{}') }));
  expect((await loadPolicy(archive)).bundle).toBe((await loadPolicy('policies')).bundle);
});

it('Equal parts are packed to equal bytes', () => {
  expect(packBundle(parts)).toEqual(packed);
});

describe('a file that is no bundle', () => {
  const changed = (at: number): Uint8Array => {
    const bytes = Buffer.from(gunzipSync(packed));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return gzipSync(bytes);
  };
  const without = (name: string): Uint8Array => {
    const files = new Map(readTar(gunzipSync(packed)));
    files.delete(name);
    return gzipSync(writeTar(Object.fromEntries(files)));
  };

  it.each<[string, () => Uint8Array, RegExp]>([
    ['empty', () => new Uint8Array(), /it is no packed bundle/],
    ['text', () => Buffer.from('package parley.policy'), /it is no packed bundle: incorrect header check/],
    ['WebAssembly alone', () => parts.wasm, /it is no packed bundle/],
    ['cut short', () => packed.subarray(0, packed.length >> 1), /it is no packed bundle: unexpected end/],
    ['an archive that is cut short', () => gzipSync(gunzipSync(packed).subarray(0, 3_000)), /is cut short/],
    ['an archive with another header', () => changed(20), /header at byte 0 is none of an archive/],
    ['an archive with other WebAssembly', () => changed(100_000), /not that of its manifest/],
    ['an archive of nothing', () => gzipSync(Buffer.alloc(1_024)), /there is no policy.wasm in it/],
    ['an archive without data', () => without('data.json'), /there is no data.json in it/],
    ['an archive of 300 MiB of zeros', () => gzipSync(Buffer.alloc(300 * 1024 ** 2)), /it is no packed bundle/],
  ])('A file is refused that is %s', async (_what, bytes, why) => {
    await expect(loadPolicy(bytes())).rejects.toMatchObject({
      code: 'PARLEY_POLICY_BUNDLE',
      where: 'memory',
      message: expect.stringMatching(why) as string,
    });
  });
});

describe('a path or URL', () => {
  it('A path where nothing is, is refused with the place that was looked at', async () => {
    await expect(loadPolicy('no/such/policies')).rejects.toMatchObject({
      code: 'PARLEY_POLICY_BUNDLE',
      message: expect.stringContaining(`there is no "${join(process.cwd(), 'no/such/policies')}"`) as string,
    });
  });

  it('A folder of rules that were not built is refused with the command that builds them', async () => {
    const unbuilt = join(folder, 'unbuilt');
    await mkdir(unbuilt);
    await expect(loadPolicy(unbuilt)).rejects.toThrow(/bundle\/policy.wasm cannot be read.*"parley policy build"/);
  });

  it.each(['https://example.com/policy.tar.gz', 'data:application/gzip;base64,'])(
    'A URL that is no file is refused: %s',
    async (url) => {
      await expect(loadPolicy(new URL(url))).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
    },
  );

  it('What is no source at all is refused', async () => {
    await expect(loadPolicy(5 as unknown as string)).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
  });
});
