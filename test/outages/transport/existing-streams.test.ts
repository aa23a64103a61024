/** An existing mesh is adopted: only settings that an option asks for, or that mailboxes need, are compared. */
import { connect, type StreamConfig } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import type { NodeLimits } from '../../../runtime/node/node-limits.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { runParley } from '../../support/command.ts';
import { startTestCluster } from '../../support/nats-cluster.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const app = { agents: [listener('worker', ['alert'], () => undefined)] };

async function startOn(url: string, mesh: string, limits: Partial<NodeLimits> = {}): Promise<void> {
  await using transport = await connectJetStream({ url, mesh });
  await using node = await startNode(app, { transport, mesh, limits });
  await node.tell('worker', { intent_type: 'alert' });
  await node.whenIdle();
}

async function edit(url: string, stream: string, changes: object): Promise<void> {
  const admin = await connect({ servers: url.split(',') });
  try {
    const manager = await admin.jetstreamManager();
    const { config } = await manager.streams.info(stream);
    const answer = await admin.request(`$JS.API.STREAM.UPDATE.${stream}`, JSON.stringify({ ...config, ...changes }));
    const { error } = answer.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(error.description);
  } finally {
    await admin.close();
  }
}

async function configOf(url: string, stream: string): Promise<StreamConfig> {
  const admin = await connect({ servers: url.split(',') });
  try {
    return (await (await admin.jetstreamManager()).streams.info(stream)).config;
  } finally {
    await admin.close();
  }
}

it.each<[keyof NodeLimits, number, string, unknown, unknown]>([
  ['laneCapacity', 300, 'max_msgs_per_subject', 200, 300],
  ['storeBytes', 200 * 1024 ** 2, 'max_bytes', 100 * 1024 ** 2, 200 * 1024 ** 2],
  ['sendDeadlineMs', 20_000, 'duplicate_window', 20_000_000_000, 40_000_000_000],
  ['replicas', 3, 'num_replicas', 1, 3],
])(
  'A pool whose %s differs from the options is refused with both values',
  async (limit, asked, setting, found, wanted) => {
    const mesh = `other_${limit.toLowerCase()}`;
    await startOn(server.url, mesh, { laneCapacity: 200, storeBytes: 100 * 1024 ** 2, sendDeadlineMs: 10_000 });
    const error = await startOn(server.url, mesh, { [limit]: asked }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PARLEY_STREAM_CONFLICT', retryable: false, setting, found, wanted });
    expect(String(error)).toContain(`limits.${limit}`);
    // who asks for nothing takes what is there
    await startOn(server.url, mesh);
  },
);

it.each([
  ['DECISIONS', { max_age: 3_600_000_000_000 }],
  ['ARCHIVE', { max_bytes: 8 * 1024 ** 2, duplicate_window: 1_000_000_000 }],
  ['DEAD', { description: 'the operator was here', max_msg_size: 1024 ** 2 }],
])('An operator may edit %s without locking clients out', async (stream, changes) => {
  const mesh = `edited_${stream.toLowerCase()}`;
  await startOn(server.url, mesh);
  await edit(server.url, `${mesh}_${stream}`.toUpperCase(), changes);
  await startOn(server.url, mesh);
  const ps = runParley(['ps', '--mesh', mesh], { NATS_URL: server.url });
  expect(await ps.ended).toBe(0);
  expect(await configOf(server.url, `${mesh}_${stream}`.toUpperCase())).toMatchObject(changes);
});

it.each([
  ['max_age', { max_age: 3_600_000_000_000 }, 3_600_000_000_000, 0],
  ['discard', { discard: 'old', discard_new_per_subject: false }, 'old', 'new'],
  ['allow_rollup_hdrs', { allow_rollup_hdrs: true }, true, false],
])('Mailboxes whose %s would lose intents are refused, by doctor too', async (setting, changes, found, wanted) => {
  const mesh = `unsound_${setting}`;
  await startOn(server.url, mesh);
  await edit(server.url, `${mesh}_mbx_main`.toUpperCase(), changes);
  await expect(startOn(server.url, mesh)).rejects.toMatchObject({
    code: 'PARLEY_STREAM_CONFLICT',
    retryable: false,
    setting,
    found,
    wanted,
  });
  const doctor = runParley(['doctor', '--mesh', mesh], { NATS_URL: server.url });
  expect(await doctor.ended).toBe(1);
  expect(doctor.lines.join('\n')).toContain(`"${setting}" ${JSON.stringify(found)}`);
});

it('A sealed stream of the mesh is refused, by doctor too', async () => {
  await startOn(server.url, 'sealed');
  await edit(server.url, 'SEALED_DEAD', { sealed: true });
  await expect(startOn(server.url, 'sealed')).rejects.toMatchObject({ setting: 'sealed', found: true, wanted: false });
  const doctor = runParley(['doctor', '--mesh', 'sealed'], { NATS_URL: server.url });
  expect(await doctor.ended).toBe(1);
  expect(doctor.lines.join('\n')).toMatch(/^bad +nats-server.*"SEALED_DEAD" exists with "sealed" true/m);
});

it('The transport adds the subjects that this version needs, and keeps all others', async () => {
  await startOn(server.url, 'grown');
  const { subjects } = await configOf(server.url, 'GROWN_STATE');
  await edit(server.url, 'GROWN_STATE', { subjects: ['grown.own.>', 'grown.mine.>'] });
  await startOn(server.url, 'grown');
  expect(new Set((await configOf(server.url, 'GROWN_STATE')).subjects)).toEqual(new Set([...subjects, 'grown.mine.>']));
});

it('A mesh created with 3 replicas works without the option, and refuses another number', async () => {
  await using cluster = await startTestCluster();
  await (await connectJetStream({ url: cluster.url, mesh: 'three', replicas: 3 })).close();
  await startOn(cluster.url, 'three');
  expect(await configOf(cluster.url, 'THREE_MBX_MAIN')).toMatchObject({ num_replicas: 3 });
  await expect(connectJetStream({ url: cluster.url, mesh: 'three', replicas: 1 })).rejects.toMatchObject({
    code: 'PARLEY_STREAM_CONFLICT',
    setting: 'num_replicas',
    found: 3,
    wanted: 1,
  });
  const ps = runParley(['ps', '--mesh', 'three'], { NATS_URL: cluster.url });
  expect(await ps.ended).toBe(0);
});

it('A single server refuses 3 replicas with a sentence', async () => {
  await expect(connectJetStream({ url: server.url, mesh: 'alone', replicas: 3 })).rejects.toMatchObject({
    code: 'PARLEY_STREAM_REFUSED',
    retryable: false,
    message: expect.stringContaining('replicas > 1 not supported in non-clustered mode') as string,
  });
});

it('A node of another mesh than its transport is refused at once', async () => {
  await using transport = await connectJetStream({ url: server.url, mesh: 'mine' });
  expect(transport.mesh).toBe('mine');
  await expect(startNode(app, { transport, mesh: 'yours' })).rejects.toMatchObject({
    code: 'PARLEY_INVALID_OPTION',
    message: expect.stringContaining('"mine"') as string,
  });
});

it('Messages for partitions that the pool does not have are reported', async () => {
  await startOn(server.url, 'strays');
  const admin = await connect({ servers: server.url });
  for (const partition of ['16', '99', '07']) {
    await admin.jetstream().publish(`strays.mbx.main.${partition}.worker.=.client.x.i`, '{}');
  }
  await admin.close();
  await using transport = await connectJetStream({ url: server.url, mesh: 'strays' });
  const counts = new Map(
    (await transport.pools.strays('main', 16)).map(({ partition, messages }) => [partition, messages]),
  );
  expect(counts).toEqual(
    new Map([
      ['16', 1],
      ['99', 1],
      ['07', 1],
    ]),
  );
  await using node = await startNode(app, { transport, mesh: 'strays' });
  await expect.poll(() => node.health.reasons.join('\n')).toContain('1 messages are for partition "99" of pool "main"');
});
