/** Tickets: `GET /v1/intents/<input>`. Only one that the node gave is answered with a state. */
import { bare, type Door, DoorFault } from '../door.ts';
import type { FuzzedNode } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { documentOf } from '../wire/http-answers.ts';
import { alert, answersTo, noteAccepted, post } from './http.ts';

const examples = 4;

export async function ticketDoor(node: FuzzedNode, ledger: Ledger): Promise<Door> {
  const running = await node.ready();
  const tickets: Buffer[] = [];
  for (let n = 0; n < examples; n++) {
    const [answer] = await answersTo(running, post('', alert()));
    if (answer?.status !== 202) throw new DoorFault(`a valid intent was answered ${JSON.stringify(answer)}`);
    noteAccepted(ledger, running.mesh, answer);
    tickets.push(Buffer.from((documentOf(answer.body) as { readonly ticket: string }).ticket));
  }
  const given = new Set(tickets.map((ticket) => ticket.toString('latin1')));
  return {
    name: 'tickets',
    parallel: 16,
    examples: tickets,
    frames: [
      bare,
      (bytes) => Buffer.from(bytes.toString('base64url')),
      (bytes) => Buffer.from(`k1.${bytes.toString('base64url')}.${'a'.repeat(43)}`),
      (bytes) => Buffer.from([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')),
    ],
    async attempt(input) {
      const request = Buffer.concat([
        Buffer.from('GET /v1/intents/'),
        input,
        Buffer.from(' HTTP/1.1\r\nhost: localhost\r\n\r\n'),
      ]);
      const [answer] = await answersTo(await node.ready(), request);
      if (answer?.status !== 200) return;
      const asked = input.toString('latin1').split(/[?\s]/, 1)[0] ?? '';
      if ('state' in Object(documentOf(answer.body)) && !given.has(asked)) {
        throw new DoorFault(`a ticket that nobody gave was answered with a state: ${answer.body}`);
      }
    },
  };
}
