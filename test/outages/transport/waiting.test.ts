/** A transport that waits for its server reports each reason once, and gives up on a permanent fault. */
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { runParley } from '../../support/command.ts';
import { ConfiguredServer, user, users } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';

const small = 'accounts { A { users: [ { user: ann, password: ann } ], jetstream { max_streams: 2 } } }';
const mayNotMake = users(user('ann', 'publish: { allow: ">", deny: [ "$JS.API.STREAM.CREATE.>" ] }, subscribe: ">"'));
const mayNotHear = users(user('ann', 'publish: ">", subscribe: [ "nothing" ]'));

it.each([
  ['a wrong password', users(user('bob')), '', 'PARLEY_ACCESS_REFUSED', /refuses these credentials/],
  ['a full store', users(user('ann')), 'max_file_store: 5M', 'PARLEY_STORAGE_QUOTA', /no room to reserve \d+ bytes/],
  ['an account with few streams', small, '', 'PARLEY_ACCOUNT_LIMIT', /it may have 2 more streams/],
  [
    'streams that it may not make',
    mayNotMake,
    '',
    'PARLEY_PERMISSION_REFUSED',
    /publish to "\$JS\.API\.STREAM\.CREATE\.GIVEN_STATE"/,
  ],
  ['an inbox that it may not hear', mayNotHear, '', 'PARLEY_PERMISSION_REFUSED', /subscribe to "_INBOX\./],
])(
  'A waiting transport gives up on %s: a typed error for every call, and one log line',
  async (_, config, jetstream, code, sentence) => {
    await using server = await ConfiguredServer.start(config, jetstream);
    const said: string[] = [];
    await using transport = await connectJetStream({
      url: server.url('ann'),
      mesh: 'given',
      whenUnavailable: 'wait',
      say: (line) => void said.push(line),
    });
    const final = { code, retryable: false, message: expect.stringMatching(sentence) as string };
    await expect(transport.bucket('meshConfig').read('pool.main')).rejects.toMatchObject(final);
    await expect(transport.log('dead').last()).rejects.toMatchObject(final);
    const app = { agents: [listener('worker', ['alert'], () => undefined)] };
    await using node = await startNode(app, { transport, mesh: 'given', start: 'background' });
    await expect(node.started).rejects.toMatchObject(final);
    expect(node.health).toMatchObject({ ready: false, status: 'degraded' });
    expect(node.health.reasons.join('\n')).toMatch(sentence);
    expect(said.filter((line) => line.includes('gives up'))).toHaveLength(1);
  },
);

it('A waiting transport gives up on different settings', async () => {
  await using server = await ConfiguredServer.start('');
  await (await connectJetStream({ url: server.url(), mesh: 'given' })).close();
  const admin = await connect({ servers: server.url() });
  const manager = await admin.jetstreamManager();
  const { config } = await manager.streams.info('GIVEN_ARCHIVE');
  await admin.request('$JS.API.STREAM.UPDATE.GIVEN_ARCHIVE', JSON.stringify({ ...config, sealed: true }));
  await admin.close();
  await using transport = await connectJetStream({
    url: server.url(),
    mesh: 'given',
    whenUnavailable: 'wait',
    say: () => undefined,
  });
  await expect(transport.pools.backlog('main')).rejects.toMatchObject({
    code: 'PARLEY_STREAM_CONFLICT',
    setting: 'sealed',
  });
});

it('A waiting transport logs each new reason once, and the end of the outage', async () => {
  await using server = await ConfiguredServer.start('accounts { A { users: [ { user: ann, password: ann } ] } }');
  await server.stop();
  const said: string[] = [];
  await using transport = await connectJetStream({
    url: server.url('ann'),
    mesh: 'given',
    whenUnavailable: 'wait',
    say: (line) => void said.push(line),
  });
  await until('it says that no server is there', () => said.some((line) => line.includes('connection refused')));
  await server.start();
  await until('it says that there is no JetStream', () => said.some((line) => line.includes('no JetStream')), 30_000);
  await server.stop();
  await server.configure(users(user('ann')));
  await server.start();
  await until('it is connected', () => transport.isConnected, 30_000);
  expect(said).toHaveLength(3);
  expect(said[2]).toContain('connected to nats-server');
});

it('A waiting daemon writes the reason to standard error, and ends when waiting cannot cure it', async () => {
  await using server = await ConfiguredServer.start(users(user('ann')));
  await server.stop();
  const env = { NATS_URL: server.url('ann'), PARLEY_MESH: 'given', PARLEY_LOG: 'silent' };
  const daemon = runParley(['run', 'test/processes/cli/fixtures/app.ts'], env);
  await until('it says why', () => daemon.errors.some((line) => line.includes('connection refused')), 60_000);
  await server.configure(users(user('bob')));
  await server.start();
  expect(await daemon.ended).toBe(1);
  expect(daemon.errors.join('\n')).toMatch(/PARLEY_ACCESS_REFUSED/);
});
