/** Frames that Parley writes itself are the ones that the client library would have sent. */
import { connect, headers, type Msg, type NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openConnection } from '../../../runtime/transport/jetstream/connection.ts';
import { FrameWriter } from '../../../runtime/transport/jetstream/frame-writer.ts';
import type { GuardedConnection } from '../../../runtime/transport/jetstream/guarded-connection.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const block = 'NATS/1.0\r\nNats-Msg-Id: m1\r\ntraceparent: 00-a-b-01\r\n\r\n';
const mostBytes = 1024 * 1024;

let server: TestServer;
let ours: GuardedConnection;
let theirs: NatsConnection;
let listener: NatsConnection;
let received: Msg[];

beforeAll(async () => {
  server = await startTestServer();
  listener = await connect({ servers: server.url });
  listener.subscribe('frames.>', { callback: (_refusal, message) => void received.push(message) });
  await listener.flush();
});

beforeEach(async () => {
  received = [];
  ours = await openConnection({ url: server.url, name: 'frames' });
  theirs = await connect({ servers: server.url });
});

afterAll(async () => {
  await listener.close();
  await server[Symbol.asyncDispose]();
});

const seen = ({ subject, reply, data, headers: block }: Msg) => ({
  subject,
  reply,
  data: Buffer.from(data).toString('base64'),
  headers: block?.keys().map((name) => [name, block.get(name)]),
});

it('The frame writer recognises the connection of the installed client library', async () => {
  expect(FrameWriter.of(theirs)).toBeInstanceOf(FrameWriter);
  await Promise.all([ours.close(), theirs.close()]);
});

it.each([0, 1, 1_000, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, mostBytes - 200])(
  'The frame writer sends %i bytes as the library does, with and without headers and a reply subject',
  async (bytes) => {
    const payload = Buffer.alloc(bytes, 'é\r\n\u0000');
    const map = headers();
    map.set('Nats-Msg-Id', 'm1');
    map.set('traceparent', '00-a-b-01');

    for (const subject of ['frames.plain', 'frames.größe.日本']) {
      theirs.publish(subject, payload, { reply: 'frames.reply', headers: map });
      theirs.publish(subject, payload, { reply: 'frames.reply' });
      theirs.publish(subject, payload);
      ours.publishBlock(subject, payload, 'frames.reply', block);
      ours.publish(subject, payload, { reply: 'frames.reply' });
      ours.publish(subject, payload);
    }
    await Promise.all([ours.flush(), theirs.flush()]);
    await listener.flush();

    const bySubject = received.map(seen).toSorted((a, b) => a.subject.localeCompare(b.subject));
    expect(bySubject).toHaveLength(12);
    for (const half of [bySubject.slice(0, 6), bySubject.slice(6)]) {
      const [withHeaders, withReply, plain] = ['m1', 'reply', 'plain'].map((what) =>
        half.filter((one) => is(one, what)),
      );
      for (const pair of [withHeaders, withReply, plain]) {
        expect(pair).toHaveLength(2);
        expect(pair?.[0]).toEqual(pair?.[1]);
      }
    }
    expect(ours.stats()).toMatchObject({ outMsgs: theirs.stats().outMsgs, outBytes: theirs.stats().outBytes });
    await Promise.all([ours.close(), theirs.close()]);
  },
);

function is({ reply, headers: pairs }: ReturnType<typeof seen>, what: string): boolean {
  if (what === 'm1') return pairs !== undefined;
  if (what === 'reply') return pairs === undefined && reply === 'frames.reply';
  return pairs === undefined && reply !== 'frames.reply';
}

it('The frame writer keeps the order of 10,000 frames, and of library commands between them', async () => {
  const payload = Buffer.from('x'.repeat(300));
  for (let n = 0; n < 10_000; n++) {
    ours.publish(`frames.${n}`, payload);
    if (n % 1_000 === 0) void ours.flush();
  }
  await ours.flush();
  await listener.flush();

  expect(received.map(({ subject }) => subject)).toEqual(Array.from({ length: 10_000 }, (_, n) => `frames.${n}`));
  await Promise.all([ours.close(), theirs.close()]);
});

it('The frame writer refuses what the library refuses, with the same error', async () => {
  const tooLarge = Buffer.alloc(mostBytes + 1);
  const code = (act: () => void): unknown => {
    try {
      act();
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return 'sent';
  };

  expect(code(() => ours.publish('frames.a', tooLarge))).toBe(code(() => theirs.publish('frames.a', tooLarge)));
  expect(code(() => ours.publishBlock('frames.a', Buffer.alloc(mostBytes), '', block))).toBe('MAX_PAYLOAD_EXCEEDED');
  await Promise.all([ours.flush(), theirs.flush(), listener.flush()]);
  expect(received.map(({ subject }) => subject)).toEqual([]);
  void ours.drain();
  void theirs.drain();
  expect(code(() => ours.publish('frames.a', Buffer.alloc(1)))).toBe(
    code(() => theirs.publish('frames.a', Buffer.alloc(1))),
  );
  await Promise.all([ours.closed(), theirs.closed()]);
  expect(code(() => ours.publish('frames.a', Buffer.alloc(1)))).toBe('CONNECTION_CLOSED');
});
