/** Messages that are published straight into mailboxes, past every check of a sender: `<mesh>.mbx.>`. */
import { between, type Door } from '../door.ts';
import type { FuzzedNode } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { DroppedError } from '../wire/nats-client.ts';
import { messageIn } from '../wire/nats-frame.ts';
import type { NatsSpeaker } from '../wire/nats-speaker.ts';

const worker = 'main.1.worker.=.client.fuzz.i\n';
const ledgerSubject = 'main.2.ledger.main.client.fuzz.i\n';

const intent = (to: string, more: object = {}): string =>
  JSON.stringify({
    v: 1,
    intent_id: 'mailbox-1',
    from_agent: 'client/fuzz',
    to_agent: to,
    intent_type: 'alert',
    context: { a: 1 },
    constraints: {},
    success_criteria: {},
    timestamp: '2024-01-15T14:23:01Z',
    parent_intent_id: null,
    ...more,
  });

const headers =
  'NATS/1.0\r\nNats-Msg-Id: fuzz-1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n';

export function mailboxDoor(node: FuzzedNode, speaker: NatsSpeaker, ledger: Ledger): Door {
  return {
    name: 'mailbox',
    parallel: 32,
    examples: [
      Buffer.from(worker + intent('worker')),
      Buffer.from(worker + headers + intent('worker', { root_intent_id: 'r', hops: 3, path: ['client/fuzz'] })),
      Buffer.from(ledgerSubject + intent('ledger/main', { deadline: '2090-01-15T14:23:01Z', budget: { usd: 1 } })),
      Buffer.from(
        `main.0.worker.=.ledger.main.r\n${intent('worker', { in_reply_to: 'x', from_agent: 'ledger/main' })}`,
      ),
      Buffer.from(`main.3.worker.=.client.fuzz.c\n${intent('worker')}`),
    ],
    frames: [
      between(worker, ''),
      between(ledgerSubject, ''),
      between(`${worker}NATS/1.0\r\n`, `\r\n\r\n${intent('worker')}`),
      between('main.1.', `.client.fuzz.i\n${intent('worker')}`),
      between('', `\n${intent('worker')}`),
    ],
    async attempt(input) {
      const running = await node.ready();
      const message = messageIn(input, `${running.mesh}.mbx`);
      try {
        const { payload } = await running.while(speaker.request(message));
        const { seq, duplicate, error } = (
          payload.length === 0 ? {} : JSON.parse(payload.toString('utf8'))
        ) as StoreAnswer;
        const isNew = seq !== undefined && duplicate !== true && error === undefined;
        if (isNew) ledger.store(running.mesh, { seq, subject: message.subject });
      } catch (error) {
        // what nats-server does not take is no message
        if (!(error instanceof DroppedError)) throw error;
      }
    },
  };
}

interface StoreAnswer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: unknown;
}
