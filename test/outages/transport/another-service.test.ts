/** `NATS_URL` at the port of something else: a sentence, and an end. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runParley } from '../../support/command.ts';
import { ConfiguredServer } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';
import { RedisServer } from '../../support/redis-server.ts';

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const services: readonly (readonly [string, () => Promise<number>, RegExp])[] = [
  [
    'an HTTP server',
    () => portOf(createHttpServer((_request, response) => response.end('hello'))),
    /no greeting within 5 s/,
  ],
  ['a port that accepts and says nothing', () => portOf(createServer(() => undefined)), /another service/],
  [
    'one that hangs up',
    () => portOf(createServer((socket) => socket.destroy())),
    /closes the connection without a greeting/,
  ],
  [
    'one that greets otherwise',
    () => portOf(createServer((s) => s.write('SSH-2.0-OpenSSH_9.2\r\n'))),
    /is not nats-server/,
  ],
  ['one that greets with noise', () => portOf(createServer((s) => s.write('INFO nonsense\r\n'))), /./],
];

it.each(services)('Another service is named: %s', async (_, start, sentence) => {
  const url = `nats://127.0.0.1:${await start()}`;
  await expect(connectJetStream({ url, mesh: 'other' })).rejects.toMatchObject({
    code: 'PARLEY_TRANSPORT_UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(sentence) as string,
  });
});

it('Redis is named', async (test) => {
  await using redis = await RedisServer.start(test);
  await expect(connectJetStream({ url: `nats://127.0.0.1:${redis.port}`, mesh: 'other' })).rejects.toMatchObject({
    message: expect.stringMatching(/no greeting within 5 s.*another service/) as string,
  });
});

it('A command ends with a sentence when a port says nothing', async () => {
  const url = `nats://127.0.0.1:${await portOf(createServer(() => undefined))}`;
  const ps = runParley(['ps', '--mesh', 'other'], { NATS_URL: url });
  expect(await ps.ended).toBe(1);
  expect(ps.errors.join('\n')).toMatch(/no greeting within 5 s.*another service/);
});

it('TLS with an unknown authority, and a missing TLS, are named', async () => {
  await using plain = await ConfiguredServer.start('');
  await expect(connectJetStream({ url: `tls://127.0.0.1:${plain.port}`, mesh: 'other' })).rejects.toMatchObject({
    message: expect.stringContaining('TLS was asked for, and the server offers none') as string,
  });
});

it('A service that hangs leaves no socket open, however often the transport retries', async () => {
  const open = new Set<Socket>();
  let tries = 0;
  const port = await portOf(
    createServer((socket) => {
      tries++;
      open.add(socket.on('error', () => undefined).resume());
      socket.on('close', () => open.delete(socket));
    }),
  );
  const said: string[] = [];
  const transport = await connectJetStream({
    url: `nats://127.0.0.1:${port}`,
    mesh: 'other',
    whenUnavailable: 'wait',
    say: (line) => void said.push(line),
  });
  await until('three tries', () => tries >= 3, 50_000);
  expect(open.size).toBeLessThanOrEqual(1);
  expect(said).toHaveLength(1);
  await transport.close();
  await until('none is open', () => open.size === 0);
});
