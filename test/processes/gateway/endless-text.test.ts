/** A text without an end beside a long number: the node refuses it, and answers the next request. */
import { connect, type NatsConnection } from 'nats';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { Daemon } from '../../support/daemon.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

const app = 'test/processes/cli/fixtures/stubborn.ts';
const mesh = 'endless';
const good = { to_agent: 'worker', intent_type: 'alert' };
/** Ends a test whose node is busy for ever; an answer takes milliseconds. */
const hangMs = 60_000;
let server: TestServer;
/** In a process of its own: a busy one must not keep the test from noticing. */
let daemon: Daemon;

beforeEach(async () => {
  server = await startTestServer();
  daemon = await Daemon.start({ app, nats: server.url, mesh, drainSeconds: 1 });
});

afterEach(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly error?: { readonly code: string };
  readonly to?: string;
}

type Door = (document: string) => Promise<Answer>;

async function byHttp(): Promise<Door> {
  return async (body) => {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(hangMs);
    const answer = await fetch(`${daemon.url}/v1/intents`, { method: 'POST', body, headers, signal });
    return (await answer.json()) as Answer;
  };
}

async function byNats(): Promise<Door> {
  const client: NatsConnection = await connect({ servers: server.url });
  onTestFinished(() => client.close());
  const subject = `${mesh}.in.client.stranger.worker.=`;
  return async (document) => (await client.request(subject, document, { timeout: hangMs })).json<Answer>();
}

const beside = (text: string, number = '1234567890123456'): string =>
  `{"to_agent":"worker","intent_type":"alert","context":{"number":${number},"text":"${text}`;

const endless: readonly (readonly [string, string])[] = [
  ['40 characters', beside('n'.repeat(40))],
  ['200,000 characters', beside('n'.repeat(200_000))],
  ['100,000 escapes', beside('\\\\'.repeat(100_000))],
  ['100,000 escaped quotes', beside('\\"'.repeat(100_000))],
  ['40 characters beside a number that would become 0', beside('n'.repeat(40), '1e-400')],
  ['40 characters that are a key', beside(`","${'n'.repeat(40)}`)],
];

it.each([
  ['HTTP', byHttp],
  ['NATS request', byNats],
])('An endless text is refused by %s, and the next request is answered', async (_door, open) => {
  const send = await open();
  for (const [what, document] of endless) {
    const refused = await send(document);
    expect(refused.error?.code, what).toBe('PARLEY_MALFORMED_JSON');
    expect(await send(JSON.stringify(good)), what).toMatchObject({ to: 'worker' });
  }
});
