/** A feed on a real server, with an observer that counts its requests to the server. */
import { connect } from 'nats';
import { type OpenFeed, Workbench } from '../contract/workbench.ts';
import { jetStreamRig, until } from './jetstream-rig.ts';
import { startTestServer } from './nats-server.ts';

export interface QuietFeed extends AsyncDisposable, OpenFeed {
  readonly bench: Workbench;
  /** Resolves when the feed has asked this often whether its consumer exists. */
  asked(times: number, ms: number): Promise<void>;
  /** Deletes the consumer, as an operator would. */
  deleteConsumer(): Promise<void>;
}

export async function quietFeed(window: number): Promise<QuietFeed> {
  const server = await startTestServer();
  const bystander = await connect({ servers: server.url });
  let looks = 0;
  let subject = '';
  bystander.subscribe('$JS.API.CONSUMER.INFO.>', {
    callback: (_error, message) => {
      looks++;
      subject = message.subject;
    },
  });
  await bystander.flush();
  const bench = await Workbench.open(() => jetStreamRig(server.url));
  const open = await bench.feed(window);
  return {
    ...open,
    bench,
    asked: (times, ms) => until(`${times} looks for the consumer`, () => looks >= times, ms),
    async deleteConsumer() {
      await bystander.request(subject.replace('CONSUMER.INFO', 'CONSUMER.DELETE'));
    },
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await bystander.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
