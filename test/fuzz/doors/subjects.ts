/** Subjects, ids and documents, as the functions read them that everything from outside goes through. */
import { Buffer } from 'node:buffer';
import { agentId, keyText, parseAgentId } from '../../../runtime/core/ids.ts';
import { decodeIntent } from '../../../runtime/core/intent-codec.ts';
import type { MeshKey, MeshKeys } from '../../../runtime/core/mesh-keys.ts';
import { checkPattern, checkQueue, checkSubject } from '../../../runtime/core/subject-rules.ts';
import {
  mailboxSubject,
  parseIngressSubject,
  parseMailboxSubject,
  recordSubject,
} from '../../../runtime/core/subjects.ts';
import { InvalidTicketError, Tickets } from '../../../runtime/gateway/ticket-id.ts';
import { bare, between, type Door, DoorFault } from '../door.ts';
import { checkPrototypes, checkTyped, refusesTyped } from '../typed-error.ts';

const key: MeshKey = { id: 'k1', secret: Buffer.alloc(32, 7) };

export async function subjectDoor(): Promise<Door> {
  const keys: MeshKeys = { signing: key, byId: new Map([[key.id, key]]), salt: 'a' };
  const tickets = new Tickets('fuzz', { keys: async () => keys, keyNamed: async (id) => keys.byId.get(id) });
  const ticket = (await tickets.signer())({ pool: 'main', partition: 3, seq: 17, intentId: 'a-1' });
  return {
    name: 'subjects',
    parallel: 1,
    examples: [
      'fuzz.mbx.main.3.worker.=.client.fuzz.i',
      'fuzz.mbx.main.15.ledger.arn_3aaws.ledger.main.r',
      'fuzz.in.client.fuzz.worker.=',
      'ledger/a_40b',
      '{"v":1,"intent_id":"a","from_agent":"client/a","to_agent":null,"intent_type":"alert","context":{},"constraints":{},' +
        '"success_criteria":{},"timestamp":"2024-01-15T14:23:01Z","parent_intent_id":null}',
      ticket,
    ].map((text) => Buffer.from(text)),
    frames: [
      bare,
      between('fuzz.mbx.main.', '.worker.=.client.fuzz.i'),
      between('fuzz.in.', '.worker.='),
      between('k1.', `.${'a'.repeat(43)}`),
    ],
    async attempt(input) {
      for (const text of [input.toString('latin1'), input.toString('utf8')]) {
        parseIngressSubject(text);
        refusesTyped(() => roundTrip(text));
        for (const check of [checkSubject, checkPattern, checkQueue, parseAgentId, keyText])
          refusesTyped(() => check(text));
        refusesTyped(() => checkEncoded(text));
        refusesTyped(() => recordSubject('fuzz.dead', text));
        await tickets.read(text).then(
          () => checkTicket(text, ticket),
          (error: unknown) => checkRefused(error),
        );
      }
      refusesTyped(() => decodeIntent(input));
      checkPrototypes();
    },
  };
}

function roundTrip(text: string): void {
  const at = parseMailboxSubject(text);
  if (at === undefined) return;
  const again = mailboxSubject(text.split('.')[0] ?? '', at);
  const isSame = again === text.replace(/^([^.]*\.mbx\.[^.]*\.)0+(?=\d)/, '$1');
  if (!isSame) throw new DoorFault(`"${text}" is written back as "${again}"`);
}

function checkEncoded(text: string): void {
  const id = agentId('worker', text);
  const read = keyText(parseAgentId(id).key ?? '');
  if (read !== text) throw new DoorFault(`a key for "${text}" is read as "${read}"`);
}

function checkTicket(text: string, ticket: string): void {
  if (text !== ticket) throw new DoorFault('a ticket that nobody signed was taken');
}

function checkRefused(error: unknown): void {
  if (!(error instanceof InvalidTicketError)) checkTyped(error);
}
