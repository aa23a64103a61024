/** Idempotency keys: the same request twice is accepted once, whatever key it brings. */
import { between, type Door, DoorFault } from '../door.ts';
import type { FuzzedNode } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { type Answer, documentOf } from '../wire/http-answers.ts';
import { alert, answersTo, noteAccepted, post } from './http.ts';

const keyed = (key: string, body = alert()): Buffer => post(`idempotency-key: ${key}\r\n`, body);

export function keyDoor(node: FuzzedNode, ledger: Ledger): Door {
  return {
    name: 'keys',
    parallel: 8,
    examples: [
      keyed('order-17'),
      keyed('018d3f5e-7c1a-7000-8000-000000000001', alert(',"intent_id":"fuzz-key-1"')),
      keyed('"a quoted-key"'),
      keyed('*!~|.>'),
      post('idempotency-key: first\r\nidempotency-key: second\r\n', alert()),
    ],
    frames: [
      between(
        'POST /v1/intents HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nidempotency-key: ',
        `\r\ncontent-length: {length}\r\n\r\n${alert()}`,
      ),
      (bytes) => keyed(bytes.toString('base64url').slice(0, 300) || 'a'),
    ],
    async attempt(input) {
      const running = await node.ready();
      const answers = [await answersTo(running, input), await answersTo(running, input)];
      for (const answer of answers.flat()) noteAccepted(ledger, running.mesh, answer);
      const [first, second] = answers.map(([answer]) => ticketOf(answer));
      if (first === undefined || second === undefined || first === second || !bringsOneKey(input)) return;
      throw new DoorFault(`one key, two tickets: ${first} and ${second}`);
    },
  };
}

function ticketOf(answer: Answer | undefined): string | undefined {
  if (answer?.status !== 202) return undefined;
  return (documentOf(answer.body) as { readonly ticket: string }).ticket;
}

/** Read as a server reads it (RFC 9110, section 5). */
function bringsOneKey(input: Buffer): boolean {
  const text = input.toString('latin1');
  const [first = ''] = text.split('\r\n\r\n', 1);
  return [...first.matchAll(/^idempotency-key:[ \t]*[\x21-\x7e]{1,200}[ \t]*$/gim)].length === 1;
}
