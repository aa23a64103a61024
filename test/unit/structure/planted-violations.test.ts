/** Each import rule refuses an import that breaks it: a file that does is planted in an empty tree, under the rules of this one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, it } from 'vitest';

const rules = JSON.parse(readFileSync('.dependency-cruiser.json', 'utf8')) as {
  readonly forbidden: object[];
  readonly options: ICruiseOptions;
};

let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'parley-planted-'));
});

afterAll(() => rmSync(tree, { recursive: true }));

/** The names of the rules that an import from one file of the other breaks. */
async function broken(from: string, to: string): Promise<readonly string[]> {
  const baseDir = mkdtempSync(join(tree, 'tree-'));
  const specifier = relative(dirname(from), to);
  write(baseDir, to, 'export const found = 1;\n');
  write(baseDir, from, `export { found } from '${specifier.startsWith('.') ? specifier : `./${specifier}`}';\n`);
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

it.each([
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/cluster/registry.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/node/node.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/gateway/index.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'runtime/transport/jetstream/index.ts'],
  ['inspect-imports-core-and-transport', 'runtime/inspect/nodes.ts', 'supervision/one-for-one-strategy.ts'],
  ['only-the-gateway-and-commands-inspect', 'runtime/node/node.ts', 'runtime/inspect/index.ts'],
  ['only-the-gateway-and-commands-inspect', 'runtime/core/clock.ts', 'runtime/inspect/index.ts'],
  ['only-the-gateway-and-commands-inspect', 'supervision/one-for-one-strategy.ts', 'runtime/inspect/index.ts'],
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
])('The rule %s refuses that %s imports %s', async (rule, from, to) => {
  expect(await broken(from, to)).toContain(rule);
});

it.each([
  ['runtime/inspect/nodes.ts', 'runtime/core/clock.ts'],
  ['runtime/inspect/nodes.ts', 'runtime/transport/index.ts'],
  ['runtime/inspect/nodes.ts', 'runtime/inspect/records.ts'],
  ['runtime/cli/ps.ts', 'runtime/inspect/index.ts'],
  ['runtime/gateway/http-routes.ts', 'runtime/inspect/index.ts'],
])('No rule refuses that %s imports %s', async (from, to) => {
  expect(await broken(from, to)).toEqual([]);
});
