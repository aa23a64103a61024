/** `parley send` and `parley tail` against a real server, with an app in another process's place. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Intent } from '../../../runtime/core/intent.ts';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { runParley } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await using _made = await connectJetStream({ url: server.url, mesh: 'devops' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const parley = (...args: readonly string[]) => runParley(args, { NATS_URL: server.url });

it('send stores an intent, tail shows it, and its agent handles it', async () => {
  await using transport = await connectJetStream({ url: server.url, mesh: 'cli' });
  const got: Intent[] = [];
  await using node = await startNode(
    { agents: [listener('helper', ['investigate'], (intent) => void got.push(intent))] },
    { transport, mesh: 'cli' },
  );
  const tail = parley('--mesh', 'cli', 'tail', '--json', '--count', '1');
  await until('tail watches', () => tail.errors.some((line) => line.includes('watching')));
  const send = parley(
    '--mesh',
    'cli',
    'send',
    'helper/one',
    'investigate',
    '--context',
    '{"service":"api"}',
    '--id',
    'i1',
  );
  expect(await send.ended).toBe(0);
  expect(JSON.parse(send.lines[0] ?? '')).toEqual({
    intent_id: 'i1',
    to: 'helper/one',
    stream: 'CLI_MBX_MAIN',
    seq: 1,
  });
  expect(await tail.ended).toBe(0);
  const passed = JSON.parse(tail.lines[0] ?? '') as { subject: string; intent: Intent };
  expect(passed.subject).toMatch(/^cli\.mbx\.main\.\d+\.helper\.one\.client\.cli\.i$/);
  expect(passed.intent.context).toEqual({ service: 'api' });
  await until('it is handled', () => got.length === 1);
  expect(got[0]).toMatchObject({ intent_id: 'i1', from_agent: 'client/cli', hops: 0 });
  await node.whenIdle();
});

it('send stores an intent once when it is sent again under its id', async () => {
  await using transport = await connectJetStream({ url: server.url, mesh: 'again' });
  await using node = await startNode(
    { agents: [listener('idle', ['alert'], () => undefined)] },
    { transport, mesh: 'again' },
  );
  await node.whenIdle();
  const tickets: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const send = parley('--mesh', 'again', 'send', 'idle', 'alert', '--id', 'same');
    expect(await send.ended).toBe(0);
    tickets.push(JSON.parse(send.lines[0] ?? ''));
  }
  expect(tickets[1]).toEqual(tickets[0]);
});

const nodeName = 'client/node-01a2097d-3c4e-7f00-8000-0123456789ab';

const refusals: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['an undeclared agent', ['send', 'nobody', 'alert'], 1, /PARLEY_UNKNOWN_AGENT/],
  ['context that is no JSON', ['send', 'nobody', 'alert', '--context', '{'], 2, /--context.*PARLEY_INVALID_OPTION/],
  ['a receiver with wrong characters', ['send', 'No Body', 'alert'], 2, /PARLEY_INVALID/],
  ['a mode that does not exist', ['send', 'nobody', 'alert', '--mode', 'shout'], 2, /reject, wait, drop/],
  ['to speak as an agent', ['send', 'nobody', 'alert', '--from', 'odd/x'], 2, /client\/<name>.*PARLEY_FOREIGN_SENDER/],
  ['to speak as an agent without a key', ['send', 'nobody', 'alert', '--from', 'odd'], 2, /PARLEY_FOREIGN_SENDER/],
  ['to speak as a node', ['send', 'nobody', 'alert', '--from', nodeName], 2, /PARLEY_FOREIGN_SENDER/],
  ['a wait below 0', ['send', 'nobody', 'alert', '--wait', '-1'], 2, /--wait/],
  ['a mesh with a dot', ['--mesh', 'a.b', 'send', 'nobody', 'alert'], 2, /"a\.b"/],
  ['a budget that is a number', ['send', 'nobody', 'alert', '--budget', '5'], 2, /--budget.*a JSON object/],
  [
    'a context in a file that is not there',
    ['send', 'nobody', 'alert', '--context', '@/nonexist'],
    2,
    /--context.*\/nonexist/,
  ],
  ['a wait of years', ['send', 'nobody', 'alert', '--wait', '1e9'], 2, /--wait.*at most 3600/],
  ['a wait without a number', ['send', 'nobody', 'alert', '--wait', ''], 2, /--wait/],
  ['to look at a mesh with a dot', ['--mesh', 'a.b', 'ps'], 2, /"a\.b"/],
  ['an unknown command', ['shout'], 2, /unknown command/],
  ['a missing argument', ['send', 'nobody'], 2, /missing required argument/],
];

for (const [what, words, code, pattern] of refusals) {
  it(`send refuses ${what} with a sentence and exit code ${code}`, async () => {
    const run = parley(...words);
    expect(await run.ended).toBe(code);
    expect(run.errors.join('\n')).toMatch(pattern);
    expect(run.errors.join('\n')).not.toMatch(/^\s+at /m);
  });
}

it('A command names the next step when there is no server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-cli-'));
  try {
    const run = runParley(['--data', folder, 'tail']);
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toContain('npm start');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('A command reports that the server of NATS_URL is away', async () => {
  const run = runParley(['send', 'nobody', 'alert'], { NATS_URL: 'nats://127.0.0.1:1' });
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toMatch(/PARLEY_TRANSPORT_UNAVAILABLE/);
});
