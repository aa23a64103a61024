/** Who installs the package runs it: on every Node that is supported, as modules, from CommonJS, and bundled. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { Consumer } from './consumer.ts';
import { nodeOf, nodeReleases } from './nodes.ts';
import { run } from './run.ts';

let server: TestServer;
let consumer: Consumer;
let oneFile: string;
let minified: string;
let oneFileCommonJs: string;
let nameless: string;
let oneFileOfStores: string;
let bundle: string;

beforeAll(async () => {
  server = await startTestServer();
  consumer = await Consumer.install();
  const commonJs = { format: 'cjs', banner: {}, logOverride: { 'empty-import-meta': 'silent' } } as const;
  const banner = { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" };
  const define = { 'import.meta.url': 'bundleUrl' };
  oneFile = await consumer.bundleOneFile('app');
  minified = await consumer.bundleOneFile('app', { minify: true });
  oneFileCommonJs = await consumer.bundleOneFile('app', { ...commonJs, banner, define });
  nameless = await consumer.bundleOneFile('app', commonJs);
  oneFileOfStores = await consumer.bundleOneFile('stores', { external: [] });
  bundle = await consumer.bundleWithThreads();
  await consumer.compile('nodenext', 'nodenext');
});

afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const acted = {
  stored: true,
  status: 'done',
  scaled: [{ service: 'checkout', instances: 4 }],
  traces: 1,
};
const remembered = {
  recalled: 0,
  found: 'A cost spike in the gateway is usually a bot',
  describe: expect.stringMatching(/^hnsw, /),
  said: [],
};

it('checks types by the resolution of bundlers', () => consumer.check('esnext', 'bundler'));

describe.each(nodeReleases)('on Node %d', (release) => {
  let node: string;

  beforeAll(async () => {
    node = await nodeOf(release);
  });

  /** To its end by itself. @returns the object that it printed */
  async function runApp(path: string, mesh: string): Promise<unknown> {
    const env = { NATS_URL: server.url, MESH: mesh, POLICIES: consumer.policies };
    return JSON.parse(await run(node, [path], { cwd: consumer.folder, env }));
  }

  it('is the Node that is meant', async () => {
    expect(await run(node, ['--version'], { cwd: '.' })).toMatch(`v${release}.`);
  });

  it('runs an app of ES modules', async () => {
    expect(await runApp('app.js', 'app')).toEqual({ ...acted, warnings: [] });
  });

  it('runs what has threads, WebAssembly and native code', async () => {
    expect(await runApp('stores.js', 'stores')).toEqual(remembered);
  });

  it('runs an app in CommonJS', async () => {
    expect(await runApp('main.cjs', 'cjs')).toEqual({ stored: true, greeted: { name: 'you' } });
  });

  it('runs one file without any package beside it, and says which thread is missing', async () => {
    const warnings = [expect.stringMatching(/^heartbeats have no thread: .*heartbeat-thread\.js" is missing/)];
    expect(await runApp(oneFile, 'app')).toEqual({ ...acted, warnings });
    expect(await runApp(minified, 'app')).toEqual({ ...acted, warnings });
    expect(await runApp(oneFileCommonJs, 'app')).toEqual({ ...acted, warnings });
  });

  it('runs one file in CommonJS that does not know where it is, and says so', async () => {
    const warnings = [expect.stringMatching(/^heartbeats have no thread: .* no "import\.meta\.url"/)];
    expect(await runApp(nameless, 'app')).toEqual({ ...acted, warnings });
  });

  it('says which file one bundle of everything lacks', async () => {
    await expect(runApp(oneFileOfStores, 'stores')).rejects.toThrow(
      /"[^"]+pglite-worker\.js" is missing.*BUNDLE_INCOMPLETE/s,
    );
  });

  it('runs a bundle with the files of its threads beside it', async () => {
    expect(await runApp(join(bundle, 'app.js'), 'app')).toEqual({ ...acted, warnings: [] });
    expect(await runApp(join(bundle, 'stores.js'), 'stores')).toEqual(remembered);
  });

  it.each(['import', 'require'])('loads every part of the package by %s', async (how) => {
    const { exports } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly exports: object };
    const parts = Object.keys(exports).filter((part) => !part.endsWith('.json'));
    expect(parts.length).toBeGreaterThan(9);
    const program = `
      (async () => {
        for (const name of process.argv.slice(1)) {
          const part = ${how === 'import' ? 'await import(name)' : 'require(name)'};
          console.log(Object.keys(part).length > 0 ? name : name + ' has no names');
        }
      })();`;
    const names = parts.map((part) => `parley-runtime${part.slice(1)}`);
    const said = await run(node, ['--no-warnings', '--input-type=commonjs', '--eval', program, ...names], {
      cwd: consumer.folder,
    });
    expect(said.trim().split('\n')).toEqual(names);
  });

  it('runs the command line', async () => {
    const parley = 'node_modules/parley-runtime/dist/runtime/cli/parley.js';
    expect(await run(node, [parley, '--help'], { cwd: consumer.folder })).toMatch('Usage: parley');
  });
});
