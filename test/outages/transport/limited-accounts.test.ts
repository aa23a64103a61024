/** Accounts that may have little: a mesh is made within their limits, or refused in one sentence. */
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { runParley } from '../../support/command.ts';
import { ConfiguredServer } from '../../support/configured-server.ts';
import { freePort } from '../../support/free-port.ts';

const account = (limits: string): string =>
  `accounts { A { users: [ { user: a, password: a } ], jetstream { ${limits} } } }`;

async function handlesOne(url: string, partitions = 16): Promise<void> {
  await using transport = await connectJetStream({ url, mesh: 'small' });
  const handled: unknown[] = [];
  const app = { agents: [listener('worker', ['alert'], (intent) => void handled.push(intent.context.n))] };
  await using node = await startNode(app, { transport, mesh: 'small', partitions });
  await node.tell('worker', { intent_type: 'alert', context: { n: 1 } });
  await node.whenIdle();
  expect(handled).toEqual([1]);
}

async function reservedBytes(url: string): Promise<number> {
  const admin = await connect({ servers: url.replace('a:a@', ''), user: 'a', pass: 'a' });
  try {
    const manager = await admin.jetstreamManager();
    let bytes = 0;
    for await (const { config } of manager.streams.list()) bytes += Math.max(0, config.max_bytes);
    return bytes;
  } finally {
    await admin.close();
  }
}

it.each([
  ['max_bytes of every stream', 'max_bytes_required: true, max_file: 4G', 4e9],
  ['no memory for consumers', 'max_mem: 0, max_file: 4G', 4e9],
  ['700 MB in all', 'max_file: 700M', 700e6],
  ['100 MB in all', 'max_file: 100M', 100e6],
  ['streams of 40 MB each', 'max_file: 2G, disk_max_stream_bytes: 40M', 13 * 40e6],
  ['few consumers', 'max_consumers: 16, max_file: 4G', 4e9],
  ['few unacknowledged messages', 'max_ack_pending: 500, max_file: 4G', 4e9],
  ['just as many streams as a mesh has', 'max_streams: 15', 6e9],
])('An account with %s has a mesh', async (_, limits, most) => {
  await using server = await ConfiguredServer.start(account(limits));
  await handlesOne(server.url('a'));
  expect(await reservedBytes(server.url('a'))).toBeLessThanOrEqual(most);
  // a restart finds everything, and reserves no more
  await handlesOne(server.url('a'));
  const doctor = runParley(['doctor', '--json', '--mesh', 'small'], { NATS_URL: server.url('a') });
  await doctor.ended;
  expect(doctor.lines.find((line) => line.includes('"nats-server"'))).toContain('"state":"good"');
});

it.each([
  ['few streams', 'max_streams: 5', 'PARLEY_ACCOUNT_LIMIT', /it may have 5 more streams, and 1\d are to be made/],
  ['little storage', 'max_file: 20M', 'PARLEY_ACCOUNT_LIMIT', /20000000 bytes of storage are left/],
  ['no storage', 'max_file: 0', 'PARLEY_ACCOUNT_LIMIT', /0 bytes of storage are left/],
  ['tiny streams', 'disk_max_stream_bytes: 1M', 'PARLEY_ACCOUNT_LIMIT', /a stream may have 1000000 bytes/],
  [
    'fewer consumers than partitions',
    'max_consumers: 4',
    'PARLEY_ACCOUNT_LIMIT',
    /a pool of 16 partitions needs one for each/,
  ],
])('An account with %s is refused in one sentence, by doctor too', async (_, limits, code, sentence) => {
  await using server = await ConfiguredServer.start(account(limits));
  const error = await handlesOne(server.url('a')).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, retryable: false, message: expect.stringMatching(sentence) as string });
  expect(String(error)).not.toMatch(/NaN|undefined/);
  const doctor = runParley(['doctor', '--json', '--mesh', 'unmade'], { NATS_URL: server.url('a') });
  expect(await doctor.ended).toBe(1);
  const found = doctor.lines.find((line) => line.includes('"nats-server"'));
  expect(found).toContain('"state":"bad"');
  expect(found).toMatch(sentence);
});

it('An account without JetStream is refused in one sentence', async () => {
  await using server = await ConfiguredServer.start('accounts { N { users: [ { user: n, password: n } ] } }');
  await expect(connectJetStream({ url: server.url('n'), mesh: 'none' })).rejects.toMatchObject({
    code: 'PARLEY_NO_JETSTREAM',
    message: expect.stringContaining('no JetStream for this account') as string,
  });
});

it('A server whose JetStream has a domain has a mesh', async () => {
  await using server = await ConfiguredServer.start('server_name: hub', 'domain: hub');
  await handlesOne(server.url());
});

it.each([
  ['in a domain', 'domain: hub'],
  ['in no domain', ''],
])(
  'A leaf without its own JetStream, of a hub whose JetStream is %s, has a mesh or is refused in one sentence',
  async (_, domain) => {
    const port = await freePort();
    await using hub = await ConfiguredServer.start(
      `server_name: hub\nleafnodes { host: "127.0.0.1", port: ${port} }`,
      domain,
    );
    const remote = `leafnodes { remotes: [ { url: "nats://127.0.0.1:${port}" } ] }`;
    await using leaf = await ConfiguredServer.start(`server_name: leaf\n${remote}`, 'enabled: false');
    await handlesOne(hub.url());
    const error = await handlesOne(leaf.url()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined) {
      expect(error).toMatchObject({
        code: 'PARLEY_NO_JETSTREAM',
        message: expect.stringContaining('domain') as string,
      });
    }
  },
);

it.each([
  ['of a 2 GiB volume', 1.5 * 1024 ** 3],
  ['of a small volume', 300 * 1024 ** 2],
  ['of a laptop', 20 * 1024 ** 3],
])('A server with the disk %s has a mesh that leaves each stream its share', async (_, bytes) => {
  await using server = await ConfiguredServer.start('', `max_file_store: ${bytes}`);
  await handlesOne(server.url());
  const admin = await connect({ servers: server.url() });
  const manager = await admin.jetstreamManager();
  const bytesOf = async (name: string): Promise<number> => (await manager.streams.info(name)).config.max_bytes;
  const [pool, knowledge] = [await bytesOf('SMALL_MBX_MAIN'), await bytesOf('SMALL_KNOWLEDGE')];
  await admin.close();
  expect(pool).toBeGreaterThanOrEqual(2 * knowledge);
  expect(await reservedBytes(server.url())).toBeLessThanOrEqual(bytes);
});

it('A server almost without disk is refused in one sentence', async () => {
  await using server = await ConfiguredServer.start('', 'max_file_store: 10M');
  const error = await handlesOne(server.url()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PARLEY_STORAGE_QUOTA', retryable: false });
  expect(String(error)).toMatch(/no room to reserve \d+ bytes/);
});
