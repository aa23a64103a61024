/** Intents by NATS request on `<mesh>.in.>`: subjects, headers and payloads as no library would send them. */
import { between, type Door, DoorFault } from '../door.ts';
import type { FuzzedNode } from '../node/fuzzed-node.ts';
import type { Ledger } from '../node/ledger.ts';
import { checkErrorDocument } from '../typed-error.ts';
import { documentOf } from '../wire/http-answers.ts';
import { DroppedError, type NatsMessage } from '../wire/nats-client.ts';
import { messageIn } from '../wire/nats-frame.ts';
import type { NatsSpeaker } from '../wire/nats-speaker.ts';
import { alert } from './http.ts';

const place = 'client.fuzz.worker.=\n';
const traced = 'NATS/1.0\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Any: 1\r\n\r\n';

export function natsDoor(node: FuzzedNode, speaker: NatsSpeaker, ledger: Ledger): Door {
  return {
    name: 'nats',
    parallel: 32,
    examples: [
      Buffer.from(place + alert()),
      Buffer.from(`${place}${traced}${alert(',"from_agent":"client/fuzz"')}`),
      Buffer.from(`client.fuzz.ledger.main\n${alert().replace('worker', 'ledger/main')}`),
      Buffer.from(`client.=.worker.=\n{"intent_type":"investigate","context":{"amount":2}}`),
    ],
    frames: [
      between(place, ''),
      between(place + traced, ''),
      between('', `\n${alert()}`),
      between(`${place}NATS/1.0`, ''),
      between(`${place}NATS/1.0\r\ntraceparent: `, `\r\n\r\n${alert()}`),
    ],
    async attempt(input) {
      const running = await node.ready();
      const message = messageIn(input, `${running.mesh}.in`);
      const answer = await running.while(answered(speaker, message));
      if (answer === undefined) return;
      const document = documentOf(answer.payload.toString('utf8')) as { readonly intent_id?: string };
      if ('ticket' in document && document.intent_id !== undefined) ledger.accept(running.mesh, document.intent_id);
      else checkErrorDocument(document);
    },
  };
}

/** @returns `undefined` for what no node serves, or what nats-server itself refuses */
async function answered(speaker: NatsSpeaker, message: NatsMessage): Promise<NatsMessage | undefined> {
  try {
    const answer = await speaker.request(message);
    if (answer.headers === undefined) return answer;
    if (/^NATS\/1\.0 503/.test(answer.headers.toString('latin1'))) return undefined;
    throw new DoorFault(`an answer has headers: ${JSON.stringify(answer.headers.toString('latin1'))}`);
  } catch (error) {
    if (error instanceof DroppedError) return undefined;
    throw error;
  }
}
