/** Every TypeScript block of every README compiles against the package's public types, as it stands, and runs. */
import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiled } from '../../setup/compiled.ts';
import { blocksOf, type CodeBlock, readmes } from '../../support/documents/readmes.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const run = promisify(execFile);
/** Below the project, whose packages the blocks find; `parley-runtime` is the package as it is packed. */
const folder = resolve('.parley/test-documents');

const blocks: readonly CodeBlock[] = readmes.flatMap(blocksOf).filter(({ language }) => language === 'ts');
const nameOf = ({ text }: CodeBlock): string => /^\/\/ ([\w.-]+\.ts)\n/.exec(text)?.[1] ?? '';

/** A strict project; `skipLibCheck`, because the types of optional packages may be missing. */
const compilerOptions = {
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  skipLibCheck: true,
  rootDir: '.',
  outDir: 'out',
};

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await rm(folder, { recursive: true, force: true });
  const installed = join(folder, 'node_modules/parley-runtime');
  await mkdir(installed, { recursive: true });
  await cp(compiled, join(installed, 'dist'), { recursive: true });
  await cp('package.json', join(installed, 'package.json'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: blocks.map(nameOf) }));
  for (const block of blocks) await writeFile(join(folder, nameOf(block)), block.text);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('Each TypeScript block names its file in the first line, and no name is used twice', () => {
  expect(blocks.filter((block) => nameOf(block) === '').map(({ readme }) => readme)).toEqual([]);
  expect(new Set(blocks.map(nameOf)).size).toBe(blocks.length);
  expect(blocks.length).toBeGreaterThan(8);
});

it('Each TypeScript block compiles against the public types', async () => {
  const said = await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', '.'], {
    cwd: folder,
  }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
  expect(said).toBe('');
});

/** What the blocks print that print something. */
const output: Readonly<Record<string, RegExp>> = {
  'remember.ts': /A cost spike in the gateway is usually a bot\nversion 1\n/,
  'service.ts': /retention \{ discount: 0.1, cost: 1200 \}\n/,
  'retention.test.ts': /# pass 1\n# fail 0/,
};

it.each(blocks.map((block) => [nameOf(block), block.readme]))('%s of %s runs', async (name) => {
  const flags = name.endsWith('.test.ts') ? ['--test', '--test-reporter=tap'] : [];
  const words = [...flags, join('out', name.replace(/\.ts$/, '.js'))];
  const env = { ...process.env, NATS_URL: server.url, PARLEY_MODEL_DIR: '' };
  const { stdout } = await run(process.execPath, words, { cwd: folder, env });
  expect(stdout).toMatch(output[name] ?? /^$/);
});
