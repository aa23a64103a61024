/** Importing `parley-runtime` is cheap: no driver, no model, no server, no command line. */
import { expect, it } from 'vitest';
import { loadedBy, packagesOf } from './loaded-by.ts';

/** Each is needed by an optional part, which users import by its own path, or which is loaded when it is used. */
const heavyPackages = [
  '@electric-sql/pglite',
  '@electric-sql/pglite-socket',
  '@open-policy-agent/opa-wasm',
  '@xenova/transformers',
  'commander',
  'hnswlib-node',
  'ioredis',
  'nats',
  'pg',
  'pino',
  'prom-client',
];
const heavyFolders =
  /\/runtime\/(cli|database|embedded|gateway|redis|testing|transport\/(jetstream|simulated)|(memory|telemetry)\/postgres)\//;
const heavyBuiltIns = /^node:(_?http\w*|https|http2|net|_?tls\w*|dgram|child_process|worker_threads|cluster)$/;

it('The runtime loads itself, the API of OpenTelemetry and canonical JSON, and nothing else', async () => {
  const loaded = await loadedBy('runtime/index.ts');
  expect([...packagesOf(loaded)].sort()).toEqual(['@opentelemetry/api', 'canonicalize']);
  const own = loaded.filter((url) => packagesOf([url]).length === 0 && url.includes('/runtime/'));
  expect(own.length).toBeGreaterThan(40);
  expect(own.filter((url) => heavyFolders.test(url))).toEqual([]);
  expect(loaded.filter((url) => heavyBuiltIns.test(url))).toEqual([]);
});

it.each([
  ['runtime/transport/jetstream/index.ts', ['nats']],
  ['runtime/gateway/index.ts', ['prom-client']],
  ['runtime/redis/index.ts', ['ioredis']],
  ['runtime/testing/index.ts', []],
])('The subpath %s additionally loads %j', async (entry, needed) => {
  const packages = packagesOf(await loadedBy(entry));
  expect(packages.filter((name) => heavyPackages.includes(name))).toEqual(needed);
});

it('The check sees what is loaded: packages, their dependencies, and modules of Node', async () => {
  const loaded = await loadedBy('runtime/transport/jetstream/index.ts');
  // nats requires it, in CommonJS
  expect(packagesOf(loaded)).toContain('nkeys.js');
  expect(loaded.filter((url) => heavyFolders.test(url))).not.toEqual([]);
  expect((await loadedBy('runtime/gateway/index.ts')).filter((url) => heavyBuiltIns.test(url))).toContain('node:http');
});
