/** A part of the package that runs by itself is found, or the error names the part that the bundle lacks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleIncompleteError, ownFile } from '../../../runtime/core/own-file.ts';
import { startOwnThread } from '../../../runtime/core/own-thread.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-test-bundle %23-'));
  await writeFile(join(folder, 'heartbeat-thread.js'), '');
});

afterAll(() => rm(folder, { recursive: true }));

const bundle = (): string => pathToFileURL(join(folder, 'app.mjs')).href;

it("The runtime's own file is TypeScript in the project, and JavaScript beside a bundle", () => {
  const source = new URL('../../../runtime/memory/hnsw-index.ts', import.meta.url).href;
  expect(ownFile('./hnsw-worker', source)).toMatchObject({ isSource: true });
  const { url, isSource } = ownFile('./heartbeat-thread', bundle());
  expect({ url: url.href, isSource }).toEqual({
    url: pathToFileURL(join(folder, 'heartbeat-thread.js')).href,
    isSource: false,
  });
});

describe.each(['hnsw-worker', 'pglite-worker', 'minilm-process'])('a bundle without %s', (name) => {
  it('A missing file is named, with the advice to put it beside the bundle', () => {
    const path = join(folder, `${name}.js`);
    expect(() => ownFile(`./${name}`, bundle())).toThrow(`"${path}" is missing: a bundle needs it beside itself`);
  });

  it.each([undefined, ''])('A bundle in CommonJS reports that it does not know its own place (%j)', (base) => {
    expect(() => ownFile(`./${name}`, base)).toThrow(/this bundle has no "import.meta.url": bundle as an ES module/);
  });
});

it('A missing file fails before a thread is started, and is not retryable', () => {
  const start = (): unknown => startOwnThread('./hnsw-worker', undefined, {});
  expect(start).toThrow(BundleIncompleteError);
  expect(start).toThrow(expect.objectContaining({ code: 'PARLEY_BUNDLE_INCOMPLETE', retryable: false }));
});
