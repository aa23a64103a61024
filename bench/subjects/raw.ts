/** Mailboxes without a runtime: streams, consumers and subjects as Parley makes them, used directly through `nats`. */
import { connect, type Msg, type NatsConnection } from 'nats';
import { systemClock } from '../../runtime/core/clock.ts';
import { partitionOf } from '../../runtime/core/partition.ts';
import { mailboxStream, mailboxSubject } from '../../runtime/core/subjects.ts';
import { JetStreamApi } from '../../runtime/transport/jetstream/api.ts';
import { createConsumer } from '../../runtime/transport/jetstream/consumers.ts';
import { ensureStream } from '../../runtime/transport/jetstream/ensure-stream.ts';
import { storePlans } from '../../runtime/transport/jetstream/store-plans.ts';
import { type Making, mailboxPlan } from '../../runtime/transport/jetstream/streams.ts';
import { poolSettings } from './pool-settings.ts';
import { RawPublisher } from './raw-publisher.ts';
import { RawPuller } from './raw-puller.ts';
import { agentKey, agentKind, senderCount, senderKey, senderKind } from './routes.ts';

const mesh = 'raw';
const pool = 'main';
const making: Making = {
  replicas: 1,
  replicasOption: undefined,
  scale: 1,
  maxStreamBytes: undefined,
  maxConsumers: undefined,
};

export class RawMesh implements AsyncDisposable {
  readonly stream: string = mailboxStream(mesh, pool);
  readonly publisher: RawPublisher;
  readonly #connection: NatsConnection;
  readonly #partitions: number;
  readonly #senders: readonly string[] = Array.from(
    { length: senderCount },
    (_, i) => `.${senderKind}.${senderKey(i)}.i`,
  );
  #handle: (message: Msg) => void = () => undefined;

  /** @param partitions the number of consumers, as in Parley's pool */
  static async start(url: string, partitions: number): Promise<RawMesh> {
    const connection = await connect({ servers: url, noAsyncTraces: true });
    const api = new JetStreamApi(connection, systemClock);
    await ensureStream(api, storePlans(mesh, making)[0], false);
    await ensureStream(api, mailboxPlan(mesh, poolSettings(pool, partitions), making), false);
    const raw = new RawMesh(connection, partitions);
    for (let partition = 0; partition < partitions; partition++) {
      const at = { pool, partition, epoch: 1 };
      const consumer = await createConsumer(api, mesh, at, async () => undefined);
      new RawPuller(connection, raw.stream, consumer.name, (message) => raw.#handle(message));
    }
    return raw;
  }

  private constructor(connection: NatsConnection, partitions: number) {
    this.#connection = connection;
    this.#partitions = partitions;
    this.publisher = new RawPublisher(connection);
  }

  /** Called for every delivery, before it is acknowledged. */
  onDelivery(handle: (message: Msg) => void): void {
    this.#handle = handle;
  }

  /** The start of the subjects of an agent's lanes; `lane` completes it. */
  mailbox(n: number): string {
    const key = agentKey(n);
    const partition = partitionOf(`${agentKind}/${key}`, this.#partitions);
    const [to, from] = [
      { kind: agentKind, key },
      { kind: senderKind, key: senderKey(0) },
    ];
    const subject = mailboxSubject(mesh, { pool, partition, to, from, lane: 'i' });
    return subject.slice(0, subject.length - (this.#senders[0]?.length ?? 0));
  }

  lane(mailbox: string, sender: number): string {
    return mailbox + this.#senders[sender];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }
}
