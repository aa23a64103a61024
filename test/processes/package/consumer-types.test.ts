/** Users compile against the declarations of the package, also with every check that the compiler has. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiled } from '../../setup/compiled.ts';
import { loadedBy, packagesOf } from './loaded-by.ts';

const run = promisify(execFile);
const tsc = resolve('node_modules/typescript/bin/tsc');

const program = `
import { type Actuator, defineAgent, startNode } from 'parley-runtime';
import { connectJetStream } from 'parley-runtime/jetstream';
import { lexicalEmbedder, natsSharedMemory, natsWorkingMemory, openSemanticMemory } from 'parley-runtime/memory';
import { loadPolicy } from 'parley-runtime/policy';
import { openDatabase, PostgresEpisodes, PostgresTraces } from 'parley-runtime/postgres';
import { findNatsServer, startNatsServer } from 'parley-runtime/embedded';
import { SimulatedBroker, SimulatedTransport } from 'parley-runtime/simulated';

const agent = defineAgent({
  kind: 'worker',
  delivery: 'at_least_once',
  intents: { alert: {} },
  async receive(intent, { tell }) {
    await tell(intent.from_agent, { intent_type: 'alert' });
  },
});
const found = await findNatsServer();
await using server = await startNatsServer({ binary: found.path, dataDir: 'data' });
await using transport = await connectJetStream({ url: server.url, mesh: 'shop', tls: { ca: 'pem' } });
await using database = await openDatabase({ url: 'postgres://localhost/shop', mesh: 'shop' });
const traces = new PostgresTraces(database);
const policy = await loadPolicy('policies');
const scale: Actuator = (args, { key }) => ({ key, instances: args.instances ?? 0 });
const actions = { policy, traces, actuators: { scale_up: scale } };
await using node = await startNode({ agents: [agent] }, { transport, mesh: 'shop', actions });
export const memory = [natsSharedMemory(transport.bucket('shared')), natsWorkingMemory(transport.bucket('working')), new PostgresEpisodes(database)];
export const knowledge = openSemanticMemory({ records: transport.log('knowledge'), embedder: lexicalEmbedder });
const ticket = await node.tell(agent, { intent_type: 'alert' }, { from: 'client/me' });
export const seq: number | undefined = ticket?.seq;
export const simulated = [SimulatedBroker, SimulatedTransport];
`;

let app: string;

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'parley-test-consumer-'));
  const installed = join(app, 'node_modules', 'parley-runtime');
  await mkdir(join(app, 'node_modules', '@types'), { recursive: true });
  await cp(compiled, join(installed, 'dist'), { recursive: true });
  await cp('package.json', join(installed, 'package.json'));
  await symlink(resolve('node_modules/@types/node'), join(app, 'node_modules', '@types', 'node'));
  await symlink(resolve('node_modules/undici-types'), join(app, 'node_modules', 'undici-types'));
  await writeFile(join(app, 'package.json'), '{"type":"module"}');
  await writeFile(join(app, 'app.ts'), program);
});

afterAll(() => rm(app, { recursive: true, force: true }));

it.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])(
  'The package compiles with module %s and resolution %s, without the types of any dependency',
  async (module, resolution) => {
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--skipLibCheck',
      'false',
    ];
    const target = ['--target', 'es2022', '--lib', 'es2022,esnext.disposable', '--types', 'node', '--noEmit'];
    const compile = ['app.ts', ...strict, ...target, '--module', module, '--moduleResolution', resolution];
    const said = await run('node', [tsc, ...compile], { cwd: app }).then(
      ({ stdout }) => stdout,
      (error: { readonly stdout: string }) => error.stdout,
    );
    expect(said).toBe('');
  },
  60_000,
);

it('The compiled package imports no TypeScript, not even on demand', async () => {
  const folder = join(app, 'node_modules', 'parley-runtime', 'dist');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  expect(files.length).toBeGreaterThan(100);
  const wrong = [];
  for (const name of files)
    if (/import\('[^']+\.ts'\)/.test(await readFile(join(folder, name), 'utf8'))) wrong.push(name);
  expect(wrong).toEqual([]);
});

// the last one: before it, the compiler finds no dependency
it('The package loads itself, the API of OpenTelemetry and canonical JSON when it is imported by name', async () => {
  await mkdir(join(app, 'node_modules', '@opentelemetry'));
  await symlink(resolve('node_modules/@opentelemetry/api'), join(app, 'node_modules', '@opentelemetry', 'api'));
  await symlink(resolve('node_modules/canonicalize'), join(app, 'node_modules', 'canonicalize'));
  const entry = join(app, 'entry.js');
  await writeFile(entry, "import 'parley-runtime';");
  const loaded = await loadedBy(entry);
  expect([...packagesOf(loaded)].sort()).toEqual(['@opentelemetry/api', 'canonicalize', 'parley-runtime']);
  expect(loaded.some((url) => url.endsWith('/parley-runtime/dist/runtime/index.js'))).toBe(true);
});
