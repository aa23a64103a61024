/** A project of a user, with the packed package installed, its apps compiled and bundled. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { run } from './run.ts';

/** What cannot be in a bundle: native code, and WebAssembly beside its loader. As `runtime/node/README.md` says. */
const external: string[] = ['hnswlib-node', '@xenova/transformers', '@electric-sql/pglite'];
/** CommonJS packages in an ES module ask for Node's modules by `require`. As `runtime/node/README.md` says. */
const require =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";
/** The files of threads and processes, each of which must stand beside the bundle by its own name. As `runtime/node/README.md` says. */
const threads = {
  'heartbeat-thread': 'transport/jetstream/heartbeat-thread',
  'pglite-worker': 'embedded/pglite-worker',
  'hnsw-worker': 'memory/hnsw-worker',
  'minilm-process': 'memory/minilm-process',
};

const bundled: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external,
  banner: { js: require },
  logLevel: 'error',
};

const tsc = resolve('node_modules/typescript/bin/tsc');

export class Consumer implements AsyncDisposable {
  readonly folder: string;
  readonly #root: string;

  static async install(): Promise<Consumer> {
    const root = await mkdtemp(join(tmpdir(), 'parley-test-consumer-'));
    await run('npm', ['pack', '--pack-destination', root], { cwd: '.' });
    const tarball = (await readdir(root)).find((name) => name.endsWith('.tgz')) ?? '';
    const folder = join(root, 'app');
    await cp('test/consumers/app', folder, { recursive: true });
    const about = { private: true, type: 'module', allowScripts: { 'hnswlib-node': true } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(about));
    await run('npm', ['install', '--prefer-offline', join(root, tarball)], { cwd: folder });
    await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
    await symlink(resolve('node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
    await symlink(resolve('node_modules/undici-types'), join(folder, 'node_modules/undici-types'));
    return new Consumer(root, folder);
  }

  private constructor(root: string, folder: string) {
    this.#root = root;
    this.folder = folder;
  }

  /** The policies that came with the package. */
  get policies(): string {
    return join(this.folder, 'node_modules/parley-runtime/policies');
  }

  /** Compiles the apps beside their sources. */
  compile(module: string, resolution: string): Promise<void> {
    return this.#tsc(['--module', module, '--moduleResolution', resolution]);
  }

  /** Checks the types of the apps, and writes nothing. */
  check(module: string, resolution: string): Promise<void> {
    return this.#tsc(['--module', module, '--moduleResolution', resolution, '--noEmit']);
  }

  async #tsc(words: readonly string[]): Promise<void> {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const target = ['--target', 'es2022', '--lib', 'es2022,esnext.disposable', '--types', 'node'];
    await run(process.execPath, [tsc, 'app.ts', 'stores.ts', ...strict, ...target, ...words], { cwd: this.folder });
  }

  /** One file of an app, alone in a folder without any package. @returns its path */
  async bundleOneFile(app: string, options: BuildOptions = {}): Promise<string> {
    const folder = await mkdtemp(join(this.#root, 'one-file-'));
    const outfile = join(folder, `${app}.${options.format === 'cjs' ? 'cjs' : 'mjs'}`);
    await build({ ...bundled, entryPoints: [join(this.folder, `${app}.ts`)], outfile, ...options });
    return outfile;
  }

  /** A file, those of its threads beside it, and the packages that cannot be in one. @returns the folder */
  async bundleWithThreads(): Promise<string> {
    const outdir = join(this.#root, 'threads');
    const runtime = join(this.folder, 'node_modules/parley-runtime/dist/runtime');
    const beside = Object.entries(threads).map(([out, path]) => ({ in: join(runtime, `${path}.js`), out }));
    const apps = ['app', 'stores'].map((name) => ({ in: join(this.folder, `${name}.ts`), out: name }));
    await build({ ...bundled, entryPoints: [...apps, ...beside], outdir });
    await writeFile(join(outdir, 'package.json'), '{"type":"module"}');
    await mkdir(join(outdir, 'node_modules/@electric-sql'), { recursive: true });
    for (const name of ['hnswlib-node', 'bindings', 'file-uri-to-path', '@electric-sql/pglite']) {
      await symlink(join(this.folder, 'node_modules', name), join(outdir, 'node_modules', name));
    }
    return outdir;
  }

  /** A folder with an app in TypeScript; with tsx it has what only tsx reads. @returns the folder */
  async typedApp({ withTsx }: { readonly withTsx: boolean }): Promise<string> {
    const folder = await mkdtemp(join(this.#root, 'typed-'));
    await mkdir(join(folder, 'node_modules'));
    // a copy: a module finds tsx from its real place
    await cp(join(this.folder, 'node_modules'), join(folder, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const tsx = ['tsx', 'esbuild', '@esbuild'];
    for (const name of withTsx ? tsx : [])
      await cp(resolve('node_modules', name), join(folder, 'node_modules', name), { recursive: true, force: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(
      join(folder, 'kinds.ts'),
      `export ${withTsx ? 'enum Kind { Typed = "typed" }' : 'const Kind = { Typed: "typed" } as const;'}\n`,
    );
    await writeFile(
      join(folder, 'typed.ts'),
      `import { defineAgent, defineApp } from 'parley-runtime';
import { Kind } from './kinds.${withTsx ? 'js' : 'ts'}';
const agent = defineAgent({ kind: Kind.Typed as string, delivery: 'at_least_once', intents: { go: {} }, receive: () => undefined });
export default defineApp({ agents: [agent] });
`,
    );
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true });
  }
}
