/** A nats-server that loses messages because of its age is refused with the reason, wherever it is met. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'nats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findNatsServer, startNatsServer } from '../../../runtime/embedded/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { runParley } from '../../support/command.ts';
import { debianProgram } from '../../support/debian-program.ts';
import { until } from '../../support/jetstream-rig.ts';
import { oldNatsServer } from '../../support/old-nats-server.ts';
import { orSkip, type Skippable } from '../../support/or-skip.ts';
import { PlainServer } from '../../support/plain-server.ts';

const mesh = 'aged';
const sentence = /nats-server 2\.9\.\d+ is older than 2\.12/;

const oldBinary = async (test: Skippable): Promise<string> => (await orSkip(test, debianProgram(oldNatsServer))).path;

async function started(server: PlainServer): Promise<PlainServer> {
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.start();
  await (await connect({ servers: server.url, waitOnFirstConnect: true })).close();
  return server;
}

const startOld = async (test: Skippable, port?: number): Promise<PlainServer> =>
  started(await PlainServer.open(await oldBinary(test), port));

/** Greets as a server of this version does, and answers the first ping: no more is needed to be refused. */
async function greets(version: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`INFO ${JSON.stringify({ server_id: 'S', version, max_payload: 1_048_576, jetstream: true })}\r\n`);
    socket.on('data', () => socket.write('PONG\r\n'));
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each(['2.11.99', '2.10.27', '2.2.0', '1.4.1', '0.9.6'])('A server of version "%s" is refused', async (version) => {
  await expect(connectJetStream({ url: await greets(version), mesh })).rejects.toMatchObject({
    code: 'PARLEY_SERVER_TOO_OLD',
    retryable: false,
  });
});

describe('nats-server 2.9', () => {
  it('nats-server 2.9 is refused with what it would lose, and what to run instead', async (test) => {
    const { url } = await startOld(test);
    await expect(connectJetStream({ url, mesh })).rejects.toMatchObject({
      code: 'PARLEY_SERVER_TOO_OLD',
      retryable: false,
      message: expect.stringMatching(
        /^nats-server 2\.9\.\d+ is older than 2\.12\n.*can lose a message.*\nrun nats-server 2\.12 or newer/,
      ) as string,
    });
  });

  it('nats-server 2.9 is not waited for', async (test) => {
    const { url } = await startOld(test);
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    await using transport = await connectJetStream({ url, mesh, whenUnavailable: 'wait', say });
    await expect(transport.bucket('owners').read('main.0')).rejects.toMatchObject({ code: 'PARLEY_SERVER_TOO_OLD' });
    expect(said).toEqual([expect.stringMatching(sentence)]);
    expect(transport.problems).toEqual([expect.stringMatching(sentence)]);
  });

  for (const words of [['run', 'test/processes/cli/fixtures/app.ts'], ['ps'], ['doctor', '--json']]) {
    it(`nats-server 2.9 ends "parley ${words[0]}" with a sentence`, async (test) => {
      const server = await startOld(test);
      const command = runParley(['--mesh', mesh, ...words], { NATS_URL: server.url });
      expect(await command.ended).toBe(1);
      expect([...command.lines, ...command.errors].join('\n')).toMatch(sentence);
    });
  }

  it('nats-server 2.9 is neither found nor started as the embedded server', async (test) => {
    const path = await oldBinary(test);
    const reason = expect.stringMatching(/is version 2\.9\.\d+, and 2\.12\.0 is the oldest/) as string;
    await expect(findNatsServer({ env: { PARLEY_NATS_SERVER: path } })).rejects.toMatchObject({
      code: 'PARLEY_NATS_SERVER_UNUSABLE',
      message: reason,
    });
    await expect(startNatsServer({ binary: path, dataDir: '/nowhere' })).rejects.toMatchObject({
      code: 'PARLEY_NATS_SERVER_START',
      message: reason,
    });
  });

  it('nats-server 2.9 in place of a newer one is a connection problem until a newer one is back', async (test) => {
    const newer = await started(await PlainServer.open());
    await using transport = await connectJetStream({ url: newer.url, mesh, say: () => undefined });
    expect(transport.problems).toEqual([]);
    await newer.kill();
    await until('it is away', () => !transport.isConnected);
    const older = await startOld(test, newer.port);
    await until('its age is said', () => transport.problems.some((problem) => sentence.test(problem)));
    await older.kill();
    newer.start();
    await until('it is over', () => transport.isConnected && transport.problems.every((text) => !sentence.test(text)));
  });
});
