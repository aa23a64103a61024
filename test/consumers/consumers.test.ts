/** The installed package runs on every supported Node: as modules, from CommonJS, bundled. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOpa } from '../../runtime/policy/build/opa-program.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { orSkip } from '../support/or-skip.ts';
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

it('The packed package has types that resolve as bundlers resolve them', () => consumer.check('esnext', 'bundler'));

const decides = `
const refund = { action: 'refund', agent_id: 'billing/ann', resource: 'customer/ann', estimated_cost: 10 };
export const effects = async (source) => {
  const policy = await loadPolicy(source);
  return [refund, { ...refund, estimated_cost: 51 }, { ...refund, action: 'delete' }].map((act) => policy.decide(act).effect);
};
`;

it('A policy of their own is written, tested and built, and decides from its folder, from a file, and in an app of one file', async (test) => {
  const env = { PARLEY_OPA: resolve(await orSkip(test, findOpa())) };
  const { folder } = consumer;
  const policy = (...words: string[]): Promise<string> =>
    run('node_modules/.bin/parley', ['policy', ...words], { cwd: folder, env });
  await policy('init', 'policies');
  expect(await policy('test', 'policies')).toMatch(/^passed /m);
  await policy('build', 'policies');
  await policy('build', 'policies', '--out', 'policy.tar.gz');

  const sources = [
    "'policies'",
    "new URL('./policies', import.meta.url)",
    "new URL('./policy.tar.gz', import.meta.url)",
  ];
  const loads = `import { loadPolicy } from 'parley-runtime/policy';${decides}`;
  const shows = sources.map((source) => `await effects(${source})`).join(', ');
  await writeFile(join(folder, 'decides.mjs'), `${loads}console.log(JSON.stringify([${shows}]));`);
  const decided = ['allow', 'require_approval', 'deny'];
  expect(JSON.parse(await run(process.execPath, ['decides.mjs'], { cwd: folder }))).toEqual([
    decided,
    decided,
    decided,
  ]);

  const inlined = `import packed from './policy.tar.gz';${loads}console.log(JSON.stringify(await effects(packed)));`;
  await writeFile(join(folder, 'inlined.ts'), inlined);
  const alone = await consumer.bundleOneFile('inlined', { loader: { '.gz': 'binary' } });
  expect(JSON.parse(await run(process.execPath, [alone], { cwd: '/' }))).toEqual(decided);
});

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

  it('The consumers run on the intended version of Node', async () => {
    expect(await run(node, ['--version'], { cwd: '.' })).toMatch(`v${release}.`);
  });

  it('An app of ES modules runs', async () => {
    expect(await runApp('app.js', 'app')).toEqual({ ...acted, warnings: [] });
  });

  it('Threads, WebAssembly and native code run from the package', async () => {
    expect(await runApp('stores.js', 'stores')).toEqual(remembered);
  });

  it('An app in CommonJS runs', async () => {
    expect(await runApp('main.cjs', 'cjs')).toEqual({ stored: true, greeted: { name: 'you' } });
  });

  it('A bundle in one file runs, and names the thread that it lacks', async () => {
    const warnings = [expect.stringMatching(/^heartbeats have no thread: .*heartbeat-thread\.js" is missing/)];
    expect(await runApp(oneFile, 'app')).toEqual({ ...acted, warnings });
    expect(await runApp(minified, 'app')).toEqual({ ...acted, warnings });
    expect(await runApp(oneFileCommonJs, 'app')).toEqual({ ...acted, warnings });
  });

  it('A bundle in CommonJS runs, and reports that it does not know its own place', async () => {
    const warnings = [expect.stringMatching(/^heartbeats have no thread: .* no "import\.meta\.url"/)];
    expect(await runApp(nameless, 'app')).toEqual({ ...acted, warnings });
  });

  it('One bundle of everything names the file that it lacks', async () => {
    await expect(runApp(oneFileOfStores, 'stores')).rejects.toThrow(
      /"[^"]+pglite-worker\.js" is missing.*BUNDLE_INCOMPLETE/s,
    );
  });

  it('A bundle with its thread files beside it runs', async () => {
    expect(await runApp(join(bundle, 'app.js'), 'app')).toEqual({ ...acted, warnings: [] });
    expect(await runApp(join(bundle, 'stores.js'), 'stores')).toEqual(remembered);
  });

  it.each(['import', 'require'])('Every part of the package loads by %s', async (how) => {
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

  it('The command line runs from the package', async () => {
    const parley = 'node_modules/parley-runtime/dist/runtime/cli/parley.js';
    expect(await run(node, [parley, '--help'], { cwd: consumer.folder })).toMatch('Usage: parley');
  });

  it('An app in TypeScript is served, with an enum and an import of "./x.js" where tsx is installed', async () => {
    const parley = 'node_modules/parley-runtime/dist/runtime/cli/parley.js';
    const dry = (folder: string): Promise<string> =>
      run(node, [parley, 'run', 'typed.ts', '--dry-run'], { cwd: folder, env: { NATS_URL: 'nats://127.0.0.1:1' } });
    const served = /^would serve typed /m;
    expect(await dry(await consumer.typedApp({ withTsx: true }))).toMatch(served);
    const plain = dry(await consumer.typedApp({ withTsx: false }));
    if (release === 20) await expect(plain).rejects.toThrow('is TypeScript, which this Node does not read');
    else expect(await plain).toMatch(served);
  });
});
