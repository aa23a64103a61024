/** `--version`, `--json` and `--dry-run` of the commands, on a real server with an app that runs. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runParley } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
let transport: Transport;
let node: Node;

const fragile = defineAgent({
  kind: 'fragile',
  delivery: 'at_least_once',
  intents: { alert: { retry: { attempts: 1 } } },
  state: () => 0,
  supervision: { intensity: 0 },
  receive() {
    throw new Error('no luck');
  },
});

beforeAll(async () => {
  server = await startTestServer();
  transport = await connectJetStream({ url: server.url, mesh: 'common' });
  node = await startNode({ agents: [fragile] }, { transport, mesh: 'common', log: 'silent' });
  await node.tell('fragile', { intent_type: 'alert' }, { from: 'client/a' });
  await node.tell('fragile', { intent_type: 'alert' }, { from: 'client/b' });
  await until('it is paused', () => node.counts.paused + node.counts.pausedLanes > 0);
});

afterAll(async () => {
  await node.stop();
  await transport.close();
  await server[Symbol.asyncDispose]();
});

async function parley(...words: readonly string[]): Promise<readonly string[]> {
  const run = runParley(['--mesh', 'common', ...words], { NATS_URL: server.url });
  expect({ code: await run.ended, errors: run.errors }).toEqual({ code: 0, errors: [] });
  return run.lines;
}

it('--version prints the version of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };
  expect(await parley('--version')).toEqual([version]);
});

it.each([
  ['dead show 1', { number: 1, stacks: [['Error: no luck', expect.stringContaining('common-options.test.ts')]] }],
  ['describe fragile', { agent: 'fragile', pool: 'main' }],
])('"%s --json" prints its document on one line', async (command, document) => {
  const [line = '', ...more] = await parley(...command.split(' '), '--json');
  expect(more).toEqual([]);
  const found = JSON.parse(line) as { stacks?: readonly (readonly string[])[] };
  const cut = found.stacks === undefined ? {} : { stacks: found.stacks.map((stack) => stack.slice(0, 2)) };
  expect({ ...found, ...cut }).toMatchObject(document);
});

it('send --dry-run names the mailbox and stores nothing', async () => {
  const before = await transport.pools.usage('main');
  const [line = ''] = await parley('send', 'fragile', 'alert', '--context', '{"n":1}', '--dry-run', '--json');
  const { pool, partition } = await node.mailboxOf('fragile');
  expect(JSON.parse(line)).toMatchObject({
    dry_run: true,
    to: 'fragile',
    pool,
    partition,
    intent_type: 'alert',
    context: { n: 1 },
  });
  expect((await transport.pools.usage('main')).messages).toBe(before.messages);
});

it('send --dry-run fails for an agent that is not there', async () => {
  const run = runParley(['--mesh', 'common', 'send', 'nobody', 'alert', '--dry-run'], { NATS_URL: server.url });
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toContain('PARLEY_UNKNOWN_AGENT');
});

it('run --dry-run says what would be served, and connects to nothing', async () => {
  const words = ['run', 'test/processes/cli/fixtures/app.ts', '--mesh', 'dry', '--dry-run'];
  const run = runParley(words, { NATS_URL: 'nats://127.0.0.1:1' });
  expect(await run.ended).toBe(0);
  expect(run.lines).toEqual([
    expect.stringMatching(
      /^would serve \w+ in pool "\w+" of mesh "dry" on nats-server at nats:\/\/127\.0\.0\.1:1; http at/,
    ),
  ]);
});

it('run --dry-run refuses settings that the daemon would refuse', async () => {
  const fixtures = 'test/processes/cli/fixtures';
  const run = runParley(['run', `${fixtures}/app.ts`, '--config', `${fixtures}/bad-limits.json`, '--dry-run']);
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toContain('PARLEY_INVALID_OPTION');
});

it('resume --dry-run names the node that paused the agent, and leaves it paused', async () => {
  const [line = ''] = await parley('resume', 'fragile', '--dry-run', '--json');
  expect(JSON.parse(line)).toEqual({ agent: 'fragile', resumed: false, dry_run: true, nodes: [node.id] });
  expect(await parley('resume', 'fragile', '--dry-run')).toEqual([`fragile would be resumed, on ${node.id}`]);
  expect(node.counts.paused + node.counts.pausedLanes).toBeGreaterThan(0);
});

it('resume --json prints a document', async () => {
  expect(await parley('resume', 'fragile', '--json')).toEqual(['{"agent":"fragile","resumed":true}']);
});

it('resume --dry-run fails for an agent that is not paused', async () => {
  const run = runParley(['--mesh', 'common', 'resume', 'fragile/x', '--dry-run'], { NATS_URL: server.url });
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toContain('PARLEY_NOT_PAUSED');
});

it('run --json prints a document for each event', async () => {
  const words = ['run', 'test/processes/cli/fixtures/app.ts', '--mesh', 'daemon', '--json'];
  const run = runParley(words, { NATS_URL: server.url, PARLEY_LOG: 'silent' });
  await run.line(/"event":"ready"/);
  run.process.kill('SIGTERM');
  expect(await run.ended).toBe(0);
  const events = run.lines.map((line) => JSON.parse(line) as object);
  expect(events).toMatchObject([
    { event: 'open', mesh: 'daemon', url: expect.stringMatching(/^http:/) as string },
    { event: 'ready', standby: false },
    { event: 'draining', signal: 'SIGTERM' },
    { event: 'stopped' },
  ]);
});
