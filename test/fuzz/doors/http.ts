/** The bytes of HTTP, from a bare socket: requests, answers, and every intent in them. */
import { bare, between, type Door, DoorFault } from '../door.ts';
import type { FuzzedNode, Running } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { type Answer, answersIn, checkAnswer, documentOf } from '../wire/http-answers.ts';
import { exchange } from '../wire/http-exchange.ts';

const host = 'host: localhost\r\n';
/** Stands for the length of what follows the head: a mutated body still arrives whole. */
const lengthPlace = '{length}';

export const post = (fields: string, body: string): Buffer =>
  Buffer.from(
    `POST /v1/intents HTTP/1.1\r\n${host}content-type: application/json\r\n${fields}content-length: ${lengthPlace}\r\n\r\n${body}`,
  );

export const alert = (more = ''): string => `{"to_agent":"worker","intent_type":"alert","context":{"n":1}${more}}`;

const whole = JSON.stringify({
  v: 1,
  intent_id: 'fuzz-1',
  from_agent: 'client/fuzz',
  to_agent: 'ledger/main',
  intent_type: 'alert',
  context: { amount: 12.5, text: 'a\u00e9\u{1f600}', list: [1, 2, { deep: null }] },
  constraints: { cost: 10 },
  success_criteria: { done: true },
  budget: { usd: 1.5, tokens: 1_000 },
  deadline: '2090-01-15T14:23:01Z',
  timestamp: '2024-01-15T14:23:01Z',
  parent_intent_id: null,
});

export function httpDoor(node: FuzzedNode, ledger: Ledger): Door {
  return {
    name: 'http',
    parallel: 16,
    examples: [
      post('', alert()),
      post('traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n', whole),
      post('', '{"to_agent":"worker","intent_type":"investigate","context":{"amount":1e3}}'),
      Buffer.from(
        `POST http://localhost/v1/intents HTTP/1.1\r\n${host}content-type: application/json; charset=utf-8\r\n` +
          `transfer-encoding: chunked\r\n\r\n${alert().length.toString(16)}\r\n${alert()}\r\n0\r\n\r\n`,
      ),
      Buffer.from(`GET /healthz HTTP/1.1\r\n${host}\r\n`),
      Buffer.from(`HEAD /metrics HTTP/1.1\r\n${host}accept: */*\r\n\r\nGET /readyz HTTP/1.1\r\n${host}\r\n`),
      Buffer.from(
        `OPTIONS /v1/intents HTTP/1.1\r\n${host}origin: http://a.example\r\naccess-control-request-method: POST\r\n\r\n`,
      ),
      Buffer.from(`OPTIONS * HTTP/1.1\r\n${host}\r\n`),
    ],
    frames: [
      bare,
      (bytes) => Buffer.concat([post('', ''), bytes]),
      between(`GET /`, ` HTTP/1.1\r\n${host}\r\n`),
      between(`GET /metrics HTTP/1.1\r\n${host}x-any: `, '\r\n\r\n'),
      between(
        `POST /v1/intents HTTP/1.1\r\n${host}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
        '',
      ),
    ],
    async attempt(input) {
      const running = await node.ready();
      for (const answer of await answersTo(running, input)) noteAccepted(ledger, running.mesh, answer);
    },
  };
}

/** Each of them checked. @throws DoorFault */
export function answersTo(running: Running, input: Buffer): Promise<readonly Answer[]> {
  return running.while(checkedAnswers(running.port, withLength(input)));
}

async function checkedAnswers(port: number, request: Buffer): Promise<readonly Answer[]> {
  const { received, endedByServer } = await exchange(port, request);
  const answers = answersIn(received, /HEAD/i.test(request.toString('latin1')));
  for (const answer of answers) checkAnswer(answer);
  if (endedByServer && answers.length === 0) throw new DoorFault('the connection was closed without an answer');
  return answers;
}

export function noteAccepted(ledger: Ledger, mesh: string, { status, body }: Answer): void {
  if (status !== 202) return;
  const { intent_id, ticket } = documentOf(body) as { readonly intent_id?: unknown; readonly ticket?: unknown };
  if (typeof intent_id !== 'string' || typeof ticket !== 'string')
    throw new DoorFault(`accepted without a ticket: ${body}`);
  ledger.accept(mesh, intent_id);
}

function withLength(input: Buffer): Buffer {
  const text = input.toString('latin1');
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return Buffer.from(text.replace(lengthPlace, String(body.length)), 'latin1');
}
