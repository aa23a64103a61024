/** SIGTERM ends a daemon within its drain and two seconds, whatever does not let go. */
import { open } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { Daemon, type DaemonSettings } from '../../support/daemon.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { PlainServer } from '../../support/plain-server.ts';

const app = 'test/processes/cli/fixtures/stubborn.ts';
const drainSeconds = 1;
/** The contract, and what a busy machine may take to notice. What holds a process for ever is far beyond. */
const mostMs = drainSeconds * 1_000 + 2_000 + 3_000;
let server: TestServer;
let meshes = 0;

// each mesh reserves disk: one server would run out of it
beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server[Symbol.asyncDispose]());

const start = (settings: Partial<DaemonSettings> = {}): Promise<Daemon> =>
  Daemon.start({ app, nats: server.url, mesh: `stop_${meshes++}`, drainSeconds, ...settings });

async function endsCleanly(daemon: Daemon): Promise<void> {
  expect(await daemon.stop()).toBeLessThan(mostMs);
  expect(await daemon.ended).toEqual({ code: 0, signal: null });
}

describe('a daemon that stops with a client', () => {
  it.each([
    ['is connected and says nothing', ''],
    ['said half a request line', 'GET /heal'],
    ['said half its headers', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n'],
    [
      'said half its body',
      'POST /v1/intents HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"to',
    ],
    ['keeps its connection after an answer', 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ])('A daemon stops with a client that %s', async (_what, said) => {
    const daemon = await start();
    await daemon.socket(said);
    await endsCleanly(daemon);
  });

  it('A daemon stops with a client that keeps sending over one connection', async () => {
    const daemon = await start();
    const socket = await daemon.socket('');
    const ask = (): void => void socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    socket.on('data', ask);
    ask();
    await endsCleanly(daemon);
  });
});

describe('a daemon in a program of its own', () => {
  it.each([
    ['after nothing', 0],
    ['after intents', 3],
  ])(
    'A daemon in a program of its own leaves no timer behind %s, and the program ends by itself',
    async (_what, intents) => {
      const command = [process.execPath, 'test/processes/cli/fixtures/embedded-daemon.mjs'];
      const daemon = await start({ command, drainSeconds: 600 });
      let said = '';
      daemon.process.stdout?.on('data', (data: Buffer) => {
        said += data.toString('utf8');
      });
      for (let n = 0; n < intents; n++) expect(await daemon.send('alert')).toBe(202);
      await daemon.stop();
      expect(await daemon.ended).toEqual({ code: 0, signal: null });
      expect(said).toContain('timers: 0\n');
    },
  );
});

describe('a daemon that stops with a handler', () => {
  it('A daemon stops with a handler that left a timer behind', async () => {
    const daemon = await start();
    expect(await daemon.send('optimize')).toBe(202);
    await until('it is handled', async () => (await daemon.gauge('parley_intents_held')) === 0);
    await endsCleanly(daemon);
  });

  it('A daemon stops with a handler that never ends: its drain is used up, and the intent is left for the next node', async () => {
    const daemon = await start({ mesh: 'stop_never' });
    expect(await daemon.send('investigate')).toBe(202);
    await until('it is being handled', async () => (await daemon.gauge('parley_intents_handling')) === 1);
    await endsCleanly(daemon);
    await using transport = await connectJetStream({ url: server.url, mesh: 'stop_never' });
    expect(await transport.pools.backlog('main')).toBe(1);
  });
});

describe('a daemon that stops with a server', () => {
  it.each([
    ['is stopped', (plain: PlainServer) => plain.freeze()],
    ['is away', (plain: PlainServer) => plain.kill()],
  ])('A daemon stops with a server that %s', async (_what, disturb) => {
    await using plain = await PlainServer.open();
    plain.start();
    const daemon = await start({ nats: plain.url });
    expect(await daemon.send('alert')).toBe(202);
    await disturb(plain);
    expect(await daemon.stop()).toBeLessThan(mostMs);
    expect((await daemon.ended).signal).toBeNull();
  });

  it('A daemon stops with a server that was never there', async () => {
    await using plain = await PlainServer.open();
    plain.start();
    const daemon = await start({ nats: plain.url });
    await plain.kill();
    await until('it is noticed', async () => !(await daemon.isReady()));
    expect(await daemon.stop()).toBeLessThan(mostMs);
  });
});

describe('a daemon that stops with a standard output', () => {
  /** Accepts an intent, drains it, gives its partitions back. */
  async function drains(daemon: Daemon, mesh: string): Promise<void> {
    expect(await daemon.send('alert')).toBe(202);
    await endsCleanly(daemon);
    await using transport = await connectJetStream({ url: server.url, mesh });
    expect(await transport.bucket('registry').list('node')).toEqual([]);
    expect(await transport.pools.backlog('main')).toBe(0);
  }

  it('A daemon stops with a standard output that no process reads any more', async () => {
    const daemon = await start({ mesh: 'stop_epipe' });
    daemon.process.stdout?.destroy();
    daemon.process.stderr?.destroy();
    await drains(daemon, 'stop_epipe');
  });

  it('A daemon stops with a standard output on a full disk, and its log there too', async () => {
    const full = await open('/dev/full', 'w');
    try {
      const daemon = await start({ mesh: 'stop_enospc', stdio: ['ignore', full.fd, full.fd] });
      await drains(daemon, 'stop_enospc');
    } finally {
      await full.close();
    }
  });

  it('A daemon drops log lines for a reader that does not read, and waits for it with nothing else', async () => {
    const daemon = await start({
      mesh: 'stop_unread',
      command: [process.execPath, 'test/processes/cli/fixtures/chatty.mjs'],
    });
    daemon.process.stdout?.pause();
    daemon.process.stderr?.pause();
    await drains(daemon, 'stop_unread');
  });
});

describe('a second signal', () => {
  it('A second signal within half a second counts as the first one', async () => {
    const daemon = await start({ mesh: 'stop_twice' });
    expect(await daemon.send('alert')).toBe(202);
    daemon.signal('SIGINT');
    daemon.signal('SIGINT');
    await endsCleanly(daemon);
  });

  it('A later second signal ends the daemon at once', async () => {
    const daemon = await start({ drainSeconds: 60 });
    expect(await daemon.send('investigate')).toBe(202);
    await until('it is being handled', async () => (await daemon.gauge('parley_intents_handling')) === 1);
    daemon.signal('SIGTERM');
    const again = setInterval(() => daemon.signal('SIGTERM'), 100);
    await daemon.ended.finally(() => clearInterval(again));
    expect(await daemon.ended).toEqual({ code: 1, signal: null });
  });
});
