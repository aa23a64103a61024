/** Each import rule refuses an import that breaks it: a file that does is planted in an empty tree, under the rules of this one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, it } from 'vitest';

const rules = JSON.parse(readFileSync('.dependency-cruiser.json', 'utf8')) as {
  readonly forbidden: { readonly name: string; readonly from: { readonly path?: string } }[];
  readonly options: ICruiseOptions;
};

let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'parley-planted-'));
});

afterAll(() => rmSync(tree, { recursive: true }));

/** The names of the rules that an import from one file of the other breaks. */
function broken(from: string, to: string): Promise<readonly string[]> {
  return violations(from, { [to]: 'export const found = 1;\n', [from]: importing(from, to) });
}

function importing(from: string, to: string): string {
  const specifier = relative(dirname(from), to);
  return `export { found } from '${specifier.startsWith('.') ? specifier : `./${specifier}`}';\n`;
}

/** The names of the rules that are broken in a tree of these files, beginning at one of them. */
async function violations(from: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const baseDir = mkdtempSync(join(tree, 'tree-'));
  for (const [path, text] of Object.entries(files)) write(baseDir, path, text);
  const { tsConfig: _tsConfig, ...options } = rules.options as ICruiseOptions & { readonly tsConfig?: object };
  const ruleSet = { forbidden: rules.forbidden };
  const { output } = await cruise(
    [from],
    { ...options, baseDir, ruleSet, validate: true } as ICruiseOptions,
    undefined,
    { tsConfig: { options: { allowImportingTsExtensions: true } } },
  );
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

function write(baseDir: string, path: string, text: string): void {
  mkdirSync(join(baseDir, dirname(path)), { recursive: true });
  writeFileSync(join(baseDir, path), text);
}

/** A rule, a file, and what it must not import. */
const planted: readonly (readonly [string, string, string])[] = [
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/cluster/registry.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/node/node.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/gateway/index.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/transport/jetstream/index.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'supervision/one-for-one.ts'],
  ['only-the-gateway-and-commands-inspect', 'runtime/node/node.ts', 'runtime/inspect/index.ts'],
  ['only-the-gateway-and-commands-inspect', 'runtime/core/clock.ts', 'runtime/inspect/index.ts'],
  ['only-the-gateway-and-commands-inspect', 'supervision/one-for-one.ts', 'runtime/inspect/index.ts'],
  ['only-the-gateway-and-commands-inspect', 'actors/devops/start.ts', 'runtime/inspect/index.ts'],
  ['isolation-imports-core-and-actor', 'runtime/isolation/inline-host.ts', 'runtime/messaging/messenger.ts'],
  ['isolation-imports-core-and-actor', 'runtime/isolation/inline-host.ts', 'runtime/node/node.ts'],
  ['only-the-node-chooses-a-host', 'runtime/actor/activations.ts', 'runtime/isolation/inline-host.ts'],
  ['only-the-node-chooses-a-host', 'actors/devops/start.ts', 'runtime/isolation/inline-host.ts'],
  ['only-the-node-chooses-a-host', 'supervision/one-for-one.ts', 'runtime/isolation/inline-host.ts'],
  ['supervision-imports-core', 'supervision/one-for-one.ts', 'runtime/actor/agent-supervisor.ts'],
  ['supervision-imports-core', 'supervision/one-for-one.ts', 'runtime/mailbox/lease.ts'],
  ['what-inspects-uses-its-public-names', 'runtime/cli/ps.ts', 'runtime/inspect/nodes.ts'],
  ['what-inspects-uses-its-public-names', 'runtime/gateway/http-routes.ts', 'runtime/inspect/ticket-state.ts'],
  ['commands-and-the-gateway-ask-through-inspect', 'runtime/cli/dead.ts', 'runtime/actor/dead-letters.ts'],
  ['commands-and-the-gateway-ask-through-inspect', 'runtime/cli/ps.ts', 'runtime/cluster/registry.ts'],
  ['commands-and-the-gateway-ask-through-inspect', 'runtime/gateway/http-routes.ts', 'runtime/mailbox/inbox.ts'],
  ['core-imports-nothing', 'runtime/core/clock.ts', 'supervision/one-for-one.ts'],
  ['core-imports-nothing', 'runtime/core/clock.ts', 'actors/devops/start.ts'],
  ['canonicalize-only-where-it-is-wrapped', 'runtime/policy/act.ts', 'node_modules/canonicalize/index.js'],
  ['canonicalize-only-where-it-is-wrapped', 'supervision/one-for-one.ts', 'node_modules/canonicalize/index.js'],
  ['canonicalize-only-where-it-is-wrapped', 'actors/resource/agent.ts', 'node_modules/canonicalize/index.js'],
  ['mailbox-imports-core', 'runtime/mailbox/inbox.ts', 'runtime/actor/activations.ts'],
  ['mailbox-imports-core', 'runtime/mailbox/inbox.ts', 'actors/resource/agent.ts'],
  ['transport-imports-core', 'runtime/transport/feed.ts', 'runtime/cluster/registry.ts'],
  ['transport-imports-core', 'runtime/transport/feed.ts', 'actors/resource/agent.ts'],
  ['messaging-imports-core-and-mailbox', 'runtime/messaging/messenger.ts', 'runtime/actor/activations.ts'],
  ['messaging-imports-core-and-mailbox', 'runtime/messaging/messenger.ts', 'supervision/one-for-one.ts'],
  ['actor-imports-core-mailbox-and-messaging', 'runtime/actor/activations.ts', 'runtime/cluster/registry.ts'],
  ['actor-imports-core-mailbox-and-messaging', 'runtime/actor/activations.ts', 'supervision/one-for-one.ts'],
  ['isolation-imports-core-and-actor', 'runtime/isolation/inline-host.ts', 'supervision/one-for-one.ts'],
  ['supervision-imports-core', 'supervision/one-for-one.ts', 'runtime/node/node.ts'],
  ['supervision-imports-core', 'supervision/one-for-one.ts', 'actors/resource/agent.ts'],
  ['supervision-imports-core', 'supervision/one-for-one.ts', 'node_modules/nats/index.js'],
  ['only-the-node-chooses-a-supervisor', 'runtime/mailbox/inbox.ts', 'supervision/one-for-one.ts'],
  ['only-the-node-chooses-a-supervisor', 'runtime/cluster/registry.ts', 'supervision/one-for-one.ts'],
  ['only-the-node-chooses-a-supervisor', 'runtime/testing/test-mesh.ts', 'supervision/one-for-one.ts'],
  ['only-the-node-chooses-a-supervisor', 'actors/devops/start.ts', 'supervision/one-for-one.ts'],
  ['cluster-imports-core-and-transport', 'runtime/cluster/registry.ts', 'runtime/node/node.ts'],
  ['cluster-imports-core-and-transport', 'runtime/cluster/registry.ts', 'runtime/transport/simulated/broker.ts'],
  ['telemetry-imports-core', 'runtime/telemetry/trace-query.ts', 'runtime/policy/act.ts'],
  ['database-imports-core', 'runtime/database/database.ts', 'runtime/memory/index.ts'],
  ['stores-in-postgres-import-their-port-and-the-database', 'runtime/memory/postgres/a.ts', 'runtime/node/node.ts'],
  ['only-commands-and-stores-need-the-database', 'runtime/node/node.ts', 'runtime/database/index.ts'],
  ['only-commands-and-stores-need-the-database', 'supervision/one-for-one.ts', 'runtime/database/index.ts'],
  ['pg-only-in-its-adapter', 'runtime/memory/index.ts', 'node_modules/pg/index.js'],
  ['pg-only-in-its-adapter', 'supervision/one-for-one.ts', 'node_modules/pg/index.js'],
  ['pg-only-in-its-adapter', 'actors/devops/parts.ts', 'node_modules/pg/index.js'],
  ['pglite-only-in-its-thread', 'runtime/embedded/pglite.ts', 'node_modules/@electric-sql/pglite/index.js'],
  ['pglite-only-in-its-thread', 'supervision/one-for-one.ts', 'node_modules/@electric-sql/pglite/index.js'],
  ['pglite-only-in-its-thread', 'actors/devops/parts.ts', 'node_modules/@electric-sql/pglite/index.js'],
  ['memory-imports-core-and-transport', 'runtime/memory/index.ts', 'runtime/transport/jetstream/index.ts'],
  ['models-and-hnsw-only-where-they-run', 'runtime/memory/index.ts', 'node_modules/hnswlib-node/index.js'],
  ['models-and-hnsw-only-where-they-run', 'supervision/one-for-one.ts', 'node_modules/@xenova/transformers/index.js'],
  ['models-and-hnsw-only-where-they-run', 'actors/devops/knowledge.ts', 'node_modules/hnswlib-node/index.js'],
  ['redis-imports-core', 'runtime/redis/redis-bucket.ts', 'runtime/node/node.ts'],
  ['ioredis-only-in-its-adapter', 'runtime/gateway/ingress.ts', 'node_modules/ioredis/index.js'],
  ['ioredis-only-in-its-adapter', 'supervision/one-for-one.ts', 'node_modules/ioredis/index.js'],
  ['ioredis-only-in-its-adapter', 'actors/devops/parts.ts', 'node_modules/ioredis/index.js'],
  ['opentelemetry-only-in-its-adapter', 'runtime/node/node.ts', 'node_modules/@opentelemetry/api/index.js'],
  ['opentelemetry-only-in-its-adapter', 'supervision/one-for-one.ts', 'node_modules/@opentelemetry/api/index.js'],
  ['opentelemetry-only-in-its-adapter', 'actors/devops/parts.ts', 'node_modules/@opentelemetry/api/index.js'],
  ['embedded-imports-core', 'runtime/embedded/nats-server.ts', 'runtime/transport/index.ts'],
  ['node-knows-no-adapter-and-no-command', 'runtime/node/node.ts', 'runtime/transport/jetstream/index.ts'],
  ['node-knows-no-adapter-and-no-command', 'runtime/node/node.ts', 'actors/devops/start.ts'],
  ['only-commands-and-examples-open-a-gateway', 'runtime/node/node.ts', 'runtime/gateway/index.ts'],
  ['only-commands-and-examples-open-a-gateway', 'supervision/one-for-one.ts', 'runtime/gateway/index.ts'],
  ['the-gateway-knows-no-adapter-and-no-command', 'runtime/gateway/gateway.ts', 'runtime/cli/ps.ts'],
  ['nobody-needs-the-test-kit', 'runtime/node/node.ts', 'runtime/testing/index.ts'],
  ['nobody-needs-the-test-kit', 'supervision/one-for-one.ts', 'runtime/testing/index.ts'],
  ['nobody-needs-the-test-kit', 'actors/devops/start.ts', 'runtime/testing/index.ts'],
  ['the-test-kit-needs-no-server', 'runtime/testing/test-mesh.ts', 'runtime/embedded/index.ts'],
  ['nats-only-in-its-adapter', 'runtime/node/node.ts', 'node_modules/nats/index.js'],
  ['nats-only-in-its-adapter', 'supervision/one-for-one.ts', 'node_modules/nats/index.js'],
  ['nats-only-in-its-adapter', 'actors/devops/parts.ts', 'node_modules/nats/index.js'],
  ['runtime-knows-no-agent', 'runtime/node/node.ts', 'actors/resource/agent.ts'],
  ['runtime-knows-no-agent', 'supervision/one-for-one.ts', 'actors/resource/agent.ts'],
  ['runtime-knows-no-agent', 'supervision/one-for-one.ts', 'bench/bench.ts'],
  ['coordination-and-reasoning-import-core-and-memory', 'runtime/reasoning/reasoner.ts', 'runtime/node/node.ts'],
  ['policy-imports-core-and-telemetry', 'runtime/policy/act.ts', 'runtime/node/node.ts'],
  ['agents-do-not-import-each-other', 'actors/cost_monitor/agent.ts', 'actors/resource/agent.ts'],
  ['agents-know-no-scenario', 'actors/cloud/cloud.ts', 'actors/scenarios/all.ts'],
  ['agents-use-ports', 'actors/resource/agent.ts', 'runtime/node/node.ts'],
  ['agents-use-ports', 'actors/cloud/cloud.ts', 'runtime/mailbox/inbox.ts'],
  ['examples-use-public-names', 'actors/examples/hello.ts', 'runtime/node/node.ts'],
  ['examples-use-public-names', 'actors/examples/hello.ts', 'actors/resource/agent.ts'],
  ['only-commands-build-policies', 'runtime/policy/wasm-engine.ts', 'runtime/policy/build/opa-program.ts'],
  ['only-commands-build-policies', 'runtime/node/node.ts', 'runtime/policy/build/index.ts'],
  ['only-commands-build-policies', 'actors/devops/start.ts', 'runtime/policy/build/index.ts'],
  ['commands-build-policies-by-public-names', 'runtime/cli/policy.ts', 'runtime/policy/build/starter.ts'],
  ['only-commands-build-policies', 'supervision/one-for-one.ts', 'runtime/policy/build/index.ts'],
  ['opa-only-in-its-adapter', 'runtime/policy/bundle.ts', 'node_modules/@open-policy-agent/opa-wasm/index.js'],
  ['opa-only-in-its-adapter', 'supervision/one-for-one.ts', 'node_modules/@open-policy-agent/opa-wasm/index.js'],
  ['opa-only-in-its-adapter', 'actors/devops/parts.ts', 'node_modules/@open-policy-agent/opa-wasm/index.js'],
  ['policy-imports-core-and-telemetry', 'runtime/policy/build/starter.ts', 'runtime/cli/table.ts'],
];

it.each(planted)('The rule %s refuses that %s imports %s', async (rule, from, to) => {
  expect(await broken(from, to)).toContain(rule);
});

it.each([
  ['runtime/inspect/nodes.ts', 'runtime/core/clock.ts'],
  ['runtime/inspect/nodes.ts', 'runtime/transport/index.ts'],
  ['runtime/inspect/nodes.ts', 'runtime/inspect/records.ts'],
  ['runtime/cli/ps.ts', 'runtime/inspect/index.ts'],
  ['runtime/gateway/http-routes.ts', 'runtime/inspect/index.ts'],
  ['runtime/cli/policy.ts', 'runtime/policy/build/index.ts'],
  ['runtime/policy/build/compile-policy.ts', 'runtime/policy/rego-evaluator.ts'],
])('No rule refuses that %s imports %s', async (from, to) => {
  expect(await broken(from, to)).toEqual([]);
});

/** The folders of the sources that the path of a rule may begin with. */
const rooms = ['supervision/', 'actors/'];

it('plants a violation of every rule, from supervision and from the actors too where the rule names them', () => {
  const missing = rules.forbidden
    .filter(({ from }) => from.path !== undefined)
    .flatMap(({ name, from: { path = '' } }) => {
      const named = rooms.filter((room) => new RegExp(`${room.slice(0, -1)}\\b`).test(path));
      const starts = planted.filter(([rule]) => rule === name).map(([, file]) => file);
      const lacking = named.filter((room) => !starts.some((file) => file.startsWith(room)));
      return [
        ...(starts.length === 0 ? [`${name}: none`] : []),
        ...lacking.map((room) => `${name}: none from ${room}`),
      ];
    });
  expect(missing).toEqual([]);
});

it.each(['supervision', 'actors/cloud', 'runtime/node'])('The rule no-cycles refuses a cycle in %s', async (folder) => {
  const [one, other] = [`${folder}/one.ts`, `${folder}/other.ts`];
  expect(await violations(one, { [one]: importing(one, other), [other]: importing(other, one) })).toContain(
    'no-cycles',
  );
});

it.each(['supervision', 'actors/cloud', 'runtime/node'])(
  'The rule no-unresolvable refuses an import of a file that is not there in %s',
  async (folder) => {
    const file = `${folder}/one.ts`;
    expect(await violations(file, { [file]: importing(file, `${folder}/missing.ts`) })).toContain('no-unresolvable');
  },
);
