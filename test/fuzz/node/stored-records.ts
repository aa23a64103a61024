/** Reads the streams of a mesh at the end, with the client of NATS alone. */
import { connect, type NatsConnection } from 'nats';
import type { DeadRecord } from '../../../runtime/core/dead-record.ts';
import { logPlace } from '../../../runtime/core/store-places.ts';
import { mailboxStream } from '../../../runtime/core/subjects.ts';
import { type ArchivedIntent, readGroup } from '../../../runtime/mailbox/archive-group.ts';

export interface StoredRecords {
  readonly archive: readonly ArchivedIntent[];
  readonly dead: readonly DeadRecord[];
}

/** One page of what the server says of a stream; the last one may have no subjects. */
interface SubjectPage {
  readonly total?: number;
  readonly state: { readonly subjects?: Readonly<Record<string, number>> | null };
}

export class MeshStore implements AsyncDisposable {
  readonly #mesh: string;
  readonly #connection: NatsConnection;

  static async open(url: string, mesh: string): Promise<MeshStore> {
    return new MeshStore(mesh, await connect({ servers: url }));
  }

  private constructor(mesh: string, connection: NatsConnection) {
    this.#mesh = mesh;
    this.#connection = connection;
  }

  /** Subjects of what is still in mailboxes. The client library reads no list of several pages. */
  async waiting(): Promise<readonly string[]> {
    const found: string[] = [];
    for (;;) {
      const question = JSON.stringify({ subjects_filter: '>', offset: found.length });
      const subject = `$JS.API.STREAM.INFO.${mailboxStream(this.#mesh, 'main')}`;
      const page = (await this.#connection.request(subject, question)).json<SubjectPage>();
      const subjects = Object.keys(page.state.subjects ?? {});
      found.push(...subjects);
      if (subjects.length === 0 || found.length >= (page.total ?? 0)) return found;
    }
  }

  async records(): Promise<StoredRecords> {
    const archive = (await this.#payloads(logPlace(this.#mesh, 'archive').stream)).flatMap((payload) => [
      ...readGroup(payload),
    ]);
    const dead = (await this.#payloads(logPlace(this.#mesh, 'dead').stream)).map(
      (payload) => JSON.parse(Buffer.from(payload).toString('utf8')) as DeadRecord,
    );
    return { archive, dead };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  async #payloads(stream: string): Promise<readonly Uint8Array[]> {
    const { state } = await (await this.#connection.jetstreamManager()).streams.info(stream);
    const payloads: Uint8Array[] = [];
    if (state.messages === 0) return payloads;
    const consumer = await this.#connection.jetstream().consumers.get(stream);
    const messages = await consumer.consume();
    for await (const message of messages) {
      payloads.push(message.data);
      if (message.seq >= state.last_seq) break;
    }
    return payloads;
  }
}
