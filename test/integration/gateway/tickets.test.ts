/** The answers to a ticket on a real server, by HTTP, as an external client asks. */

import { connect, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadRecord } from '../../../runtime/core/dead-record.ts';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import { logPlace } from '../../../runtime/core/store-places.ts';
import { logNames } from '../../../runtime/core/stores.ts';
import { mailboxStream } from '../../../runtime/core/subjects.ts';
import { type Gateway, startGateway } from '../../../runtime/gateway/index.ts';
import { Tickets } from '../../../runtime/gateway/ticket-id.ts';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { LoggedRecord, Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;
let admin: NatsConnection;
let meshes = 0;
let mesh: string;
let transport: Transport;
let node: Node;
let gateway: Gateway;
let release: () => void;
let held: Promise<void> | undefined;

const worker = listener('worker', ['good', 'bad', 'slow'], async ({ intent_type }) => {
  if (intent_type === 'slow') await held;
  if (intent_type === 'bad') throw new NonRetryableError('secret detail');
});

beforeAll(async () => {
  server = await startTestServer();
  admin = await connect({ servers: server.url });
});

afterAll(async () => {
  await admin.close();
  await server[Symbol.asyncDispose]();
});

beforeEach(() => start(true));

afterEach(stop);

async function start(archive: boolean): Promise<void> {
  mesh = `tickets${meshes++}`;
  transport = await connectJetStream({ url: server.url, mesh });
  node = await startNode({ agents: [worker] }, { transport, mesh, archive, partitions: 2 });
  gateway = await startGateway(node, { ingress: 'off' });
}

async function stop(): Promise<void> {
  await gateway.stop();
  await node.stop();
  await transport.close();
  const manager = await admin.jetstreamManager();
  for await (const name of manager.streams.names()) await manager.streams.delete(name);
}

interface Accepted {
  readonly ticket: string;
  readonly intent_id: string;
  readonly seq: number;
}

async function send(intent_type: string, from?: string): Promise<Accepted> {
  const answer = await fetch(`${gateway.url}/v1/intents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to_agent: 'worker', intent_type, from_agent: from }),
  });
  return (await answer.json()) as Accepted;
}

async function ask(ticket: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const answer = await fetch(`${gateway.url}/v1/intents/${ticket}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const stateOf = async (ticket: string): Promise<unknown> => (await ask(ticket)).body.state;

async function purge(stream: string): Promise<void> {
  await (await admin.jetstreamManager()).streams.purge(stream);
}

/** A good signature of this mesh over a place of the caller's choice. */
async function ticketFor(seq: number, intentId: string): Promise<string> {
  const { pool, partition } = await node.mailboxOf('worker');
  return (await new Tickets(mesh, node.place.secret).signer())({ pool, partition, seq, intentId });
}

describe('the answer to a ticket', () => {
  it('A ticket says "waiting" while the intent waits or is being handled, then "handled"', async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    const [first, second] = [await send('slow'), await send('slow')];
    expect([await stateOf(first.ticket), await stateOf(second.ticket)]).toEqual(['waiting', 'waiting']);
    release();
    await node.whenIdle();
    expect((await ask(first.ticket)).body).toEqual({ intent_id: first.intent_id, state: 'handled' });
    expect(await stateOf(second.ticket)).toBe('handled');
  });

  it('A ticket says "dead" with reason and errors', async () => {
    const { ticket, intent_id } = await send('bad');
    await node.whenIdle();
    const { body } = await ask(ticket);
    expect(body).toMatchObject({
      intent_id,
      state: 'dead',
      reason: 'PARLEY_NON_RETRYABLE',
      errors: ['secret detail'],
      attempts: 1,
    });
  });

  it.each(['client/node-red', 'client/node-', 'client/node-01a2097d-3c4e', 'client/nodes'])(
    'A ticket says "handled" of an intent from %s, whose name only begins like that of a node',
    async (from) => {
      const { ticket } = await send('good', from);
      await node.whenIdle();
      expect(await stateOf(ticket)).toBe('handled');
    },
  );

  it('A ticket says "unknown", and never "handled", once the record is gone', async () => {
    const [good, bad] = [await send('good'), await send('bad')];
    await node.whenIdle();
    expect([await stateOf(good.ticket), await stateOf(bad.ticket)]).toEqual(['handled', 'dead']);
    await purge(logPlace(mesh, 'handled').stream);
    await purge(logPlace(mesh, 'dead').stream);
    expect([await stateOf(good.ticket), await stateOf(bad.ticket)]).toEqual(['unknown', 'unknown']);
  });

  it('A ticket says "unknown" of an unused place, and of an intent that an operator removed', async () => {
    expect(await stateOf(await ticketFor(99, 'never'))).toBe('unknown');
    held = new Promise((resolve) => {
      release = resolve;
    });
    await send('slow');
    const { ticket } = await send('slow');
    await purge(mailboxStream(mesh, 'main'));
    expect(await stateOf(ticket)).toBe('unknown');
    release();
  });

  it('A ticket says "unknown" of another intent at its place, whatever its outcome, and shows none of its errors', async () => {
    const [good, bad] = [await send('good'), await send('bad')];
    await node.whenIdle();
    for (const { seq } of [good, bad]) {
      const { status, body } = await ask(await ticketFor(seq, 'another'));
      expect([status, body]).toEqual([200, { intent_id: 'another', state: 'unknown' }]);
    }
    held = new Promise((resolve) => {
      release = resolve;
    });
    const waiting = await send('slow');
    expect(await stateOf(await ticketFor(waiting.seq, 'another'))).toBe('unknown');
    release();
  });

  it('A ticket says the same with 10,000 dead letters of its partition in the way', async () => {
    const [good, bad] = [await send('good'), await send('bad')];
    await node.whenIdle();
    const { pool, partition } = await node.mailboxOf('worker');
    const letter = await transport.log('dead').latest(`${pool}.${partition}.${bad.seq}`);
    const record = JSON.parse(Buffer.from(letter?.payload ?? []).toString()) as DeadRecord;
    for (let n = 0; n < 10_000; n += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, i) => {
          const seq = 1_000 + n + i;
          const payload = Buffer.from(JSON.stringify({ ...record, seq, intent_id: `i${seq}` }));
          return transport.log('dead').append({ key: `${pool}.${partition}.${seq}`, messageId: `m${seq}`, payload });
        }),
      );
    }
    const reads = countReads(transport);
    expect(await stateOf(bad.ticket)).toBe('dead');
    expect(await stateOf(await ticketFor(5_000, 'i5000'))).toBe('dead');
    expect(await stateOf(good.ticket)).toBe('handled');
    expect(await stateOf(await ticketFor(7, 'never'))).toBe('unknown');
    expect(reads.count).toBeLessThanOrEqual(4 * 2);
  });

  it('A ticket says "handled" also after the node that handled its intent is gone', async () => {
    const { ticket } = await send('good');
    await node.whenIdle();
    await gateway.stop();
    await node.stop();
    node = await startNode({ agents: [worker] }, { transport, mesh, partitions: 2 });
    gateway = await startGateway(node, { ingress: 'off' });
    expect(await stateOf(ticket)).toBe('handled');
  });
});

describe('an intent that its mailbox accepts and the archive refuses', () => {
  /** Handled, with its mark lost: then only the note on its missing record tells of it. */
  it.each(['good', 'bad'])(
    'An intent with a note instead of an archive record is not reported dead, nor otherwise: %s',
    async (type) => {
      const small = await startTestServer({ maxPayloadBytes: 8 * 1024 });
      await using _ = small;
      await using store = await connectJetStream({ url: small.url, mesh: 'small' });
      await using server = await startNode({ agents: [worker] }, { transport: store, mesh: 'small', partitions: 1 });
      await using door = await startGateway(server, { ingress: 'off' });
      const post = (bytes: number): Promise<Response> =>
        fetch(`${door.url}/v1/intents`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ to_agent: 'worker', intent_type: type, context: { text: 'x'.repeat(bytes) } }),
        });
      let bytes = 8 * 1024;
      let answer = await post(bytes);
      while (answer.status !== 202) {
        bytes -= 16;
        answer = await post(bytes);
      }
      const { ticket, intent_id, seq } = (await answer.json()) as Accepted;
      await server.whenIdle();
      const noted = (): Promise<LoggedRecord | undefined> => store.log('dead').latest(`main.0.${seq}.note`);
      await until('the note is there', async () => (await noted()) !== undefined);
      const note = await noted();
      const outcome = type === 'good' ? 'handled' : 'dead';
      expect(JSON.parse(Buffer.from(note?.payload ?? []).toString())).toMatchObject({
        intent_id,
        reason: 'PARLEY_NOT_ARCHIVED',
        outcome,
      });
      const state = async (): Promise<unknown> => {
        const said = await fetch(`${door.url}/v1/intents/${ticket}`);
        return ((await said.json()) as { readonly state: unknown }).state;
      };
      expect(await state()).toBe(outcome);
      const operator = await connect({ servers: small.url });
      await (await operator.jetstreamManager()).streams.purge(logPlace('small', 'handled').stream);
      await operator.close();
      expect(await state()).toBe(outcome);
    },
  );

  it('A ticket accepts a handled record of an earlier release in the place of a dead letter', async () => {
    const { pool, partition } = await node.mailboxOf('worker');
    for (const [seq, outcome] of [
      [901, 'handled'],
      [902, 'dead'],
    ] as const) {
      const record = {
        v: 1,
        pool,
        partition,
        seq,
        subject: `${mesh}.mbx.${pool}.${partition}.worker.=.client.http.i`,
        intent_id: `i${seq}`,
        reason: 'PARLEY_NOT_ARCHIVED',
        errors: [],
        outcome,
      };
      const payload = Buffer.from(
        JSON.stringify({ ...record, attempts: 1, died_at: '', payload: '', truncated: false }),
      );
      await transport.log('dead').append({ key: `${pool}.${partition}.${seq}`, messageId: `m${seq}`, payload });
      expect(await stateOf(await ticketFor(seq, `i${seq}`))).toBe(outcome);
      expect(await stateOf(await ticketFor(seq, 'another'))).toBe('unknown');
    }
  });
});

describe('the answer to a ticket without an archive', () => {
  beforeEach(async () => {
    await stop();
    await start(false);
  });

  it('Without an archive a ticket says "unknown" of a handled intent, and "dead" of a dead one', async () => {
    const [good, bad] = [await send('good'), await send('bad')];
    await node.whenIdle();
    expect([await stateOf(good.ticket), await stateOf(bad.ticket)]).toEqual(['unknown', 'dead']);
  });
});

it('An intent of a node to its own process leaves no mark: it has no ticket', async () => {
  await node.tell('worker', { intent_type: 'good' });
  await node.whenIdle();
  expect(await transport.log('handled').last()).toBe(0);
  await send('good');
  await node.whenIdle();
  expect(await transport.log('handled').last()).toBe(1);
});

describe('an invalid ticket', () => {
  const old = (text: string): string => Buffer.from(text).toString('base64url');
  it.each([
    ['the form before', old('1 i1 tickets0.mbx.main.0.worker.=.client.http.i')],
    ['a line of protocol as pool', old('1 i1 x.mbx.main\t0\r\nUNSUB 1\r\n.0.worker.=.client.http.i')],
    ['a line of protocol as it is', '%0d%0aUNSUB%201%0d%0a'],
    ['two dots', 'a.b.c'],
    ['nothing', ''],
    ['a signature alone', `..${'A'.repeat(43)}`],
    ['8,000 characters', 'x'.repeat(8_000)],
    ['a path', '..%2f..%2fmetrics'],
  ])('An invalid ticket is refused with 400 before it reaches the server: %s', async (_what, ticket) => {
    const { status, body } = await ask(ticket);
    expect([status, body.error]).toEqual([400, expect.objectContaining({ code: 'PARLEY_INVALID_TICKET' })]);
    const good = await send('good');
    await node.whenIdle();
    expect(await stateOf(good.ticket)).toBe('handled');
  });

  it('A ticket of another mesh on the same server is refused with 400', async () => {
    const { ticket } = await send('good');
    await using other = await connectJetStream({ url: server.url, mesh: 'elsewhere' });
    await using elsewhere = await startNode({ agents: [worker] }, { transport: other, mesh: 'elsewhere' });
    const door = await startGateway(elsewhere);
    const answer = await fetch(`${door.url}/v1/intents/${ticket}`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'PARLEY_INVALID_TICKET' } }]);
    await door.stop();
  });
});

/** Reads of the logs, whichever way they are made. */
function countReads(transport: Transport): { count: number } {
  const counted = { count: 0 };
  for (const log of logNames.map((name) => transport.log(name))) {
    for (const verb of ['latest', 'next', 'last'] as const) {
      const read = log[verb].bind(log) as (...words: unknown[]) => unknown;
      const counting = (...words: unknown[]): unknown => {
        counted.count += 1;
        return read(...words);
      };
      Object.assign(log, { [verb]: counting });
    }
  }
  return counted;
}
