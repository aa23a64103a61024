/**
 * One partition's deliveries: a pull loop on the bare connection. The library's `consume()` waits for two heartbeats of 15 s
 * when a consumer's leader moves; this one asks again at once.
 *
 * asking ──(message)──▶ asking ──(half the window used)──▶ pull again
 *    │ 409 Consumer Deleted, or a pull that nobody answers and no such consumer ──▶ broken(deleted)
 *    │ consumer sequence jumps, in a delivery or a heartbeat                    ──▶ broken(gap)
 *    │ the server says so, or is silent although a pull waits and the consumer exists ──▶ broken(leader_moved)
 *    │ connection lost                                                          ──▶ broken(disconnected)
 *    └ close()                                                                  ──▶ closed
 *
 * Liveness is apart from pulling: without room no pull waits, so the server has nothing to say. Then a silence only leads to the
 * question whether the consumer exists, and who leads it.
 */

import type { Msg, MsgHdrs, NatsError, Subscription } from 'nats';
import type { Clock, Timer } from '../../core/clock.ts';
import { mailboxStream } from '../../core/subjects.ts';
import type { Feed, FeedBreak, FeedPlace, FeedSink } from '../feed.ts';
import type { PropagatedHeaders } from '../propagated-headers.ts';
import { NotDeliveredError, TransportUnavailableError } from '../transport-errors.ts';
import { type AckSubject, ackSubject, parseAckSubject, readAckSubject } from './ack-subject.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { ackPrefix, apiSubject } from './api-subjects.ts';
import type { ConsumerInfo, OpenedConsumer } from './consumers.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { headersOf, readHeader } from './headers.ts';
import { maxMessageBytes } from './streams.ts';

/** A pull lives this long on the server; it is renewed before anybody could miss it. */
const expiresMs = 30_000;
const heartbeatMs = 1_000;
/** Two and a half heartbeats missed: whoever led the consumer is gone. */
const silenceMs = 2_500;
/**
 * A pull brings at most so much: two of them in each of 16 partitions stay below the 64 MiB (`max_pending`) at which the server
 * cuts a client off that does not read. Above `maxMessageBytes`, or a pull would bring nothing.
 */
const pullBytes = 1.25 * maxMessageBytes;
/** A busy node may just not have read what came: it listens for so long before it takes that for silence. */
const listenMs = 200;
const ackTimeoutMs = 5_000;
/** How a server announces that it does not lead the consumer any more. */
const leaderMoves: ReadonlySet<string> = new Set(['Leadership Change', 'Server Shutdown']);

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** Of the transport: it closes the feeds that are left, and keeps no other. */
export interface TransportSink extends FeedSink {
  ended(): void;
}

export class JetStreamFeed implements Feed {
  readonly #connection: GuardedConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #place: FeedPlace;
  readonly #sink: TransportSink;
  readonly #carried: PropagatedHeaders;
  readonly #stream: string;
  readonly #consumer: string;
  readonly #nextSubject: string;
  readonly #inbox: string;
  /** The server that leads the consumer; `undefined` where servers form no cluster. */
  #leader: string | undefined;
  readonly #stored: number;
  readonly #subscription: Subscription;
  #ackPrefix = '';
  #window = 0;
  #outstanding = 0;
  /** When the last pull was sent: later than `expiresMs` after that none waits on the server. */
  #pulledAt = 0;
  #lastSeq = 0;
  #lastConsumerSeq = 0;
  #heardAt: number;
  #watch: Timer | undefined;
  #checking = false;
  #over = false;

  constructor(
    connection: GuardedConnection,
    api: JetStreamApi,
    clock: Clock,
    mesh: string,
    at: FeedPlace,
    consumer: OpenedConsumer,
    sink: TransportSink,
    carried: PropagatedHeaders,
  ) {
    this.#carried = carried;
    this.#connection = connection;
    this.#inbox = connection.newInbox();
    this.#api = api;
    this.#clock = clock;
    this.#place = at;
    this.#sink = sink;
    this.#stream = mailboxStream(mesh, at.pool);
    this.#consumer = consumer.name;
    this.#leader = consumer.leader;
    this.#stored = consumer.stored;
    this.#nextSubject = apiSubject('CONSUMER.MSG.NEXT', this.#stream, this.#consumer);
    this.#ackPrefix = ackPrefix(this.#stream, this.#consumer);
    this.#heardAt = clock.monotonic();
    this.#subscription = connection.subscribe(this.#inbox, {
      callback: (error: NatsError | null, message: Msg) => {
        if (error === null) this.#received(message);
      },
    });
    this.#watchSilence();
  }

  get isCaughtUp(): boolean {
    return this.#lastConsumerSeq >= this.#stored;
  }

  window(messages: number): void {
    this.#window = messages;
    this.#pull();
  }

  ack(seq: number): void {
    if (!this.#over && seq <= this.#lastSeq) this.#connection.publish(ackSubject(this.#ackPrefix, seq), nothing);
  }

  async ackConfirmed(seq: number): Promise<void> {
    if (this.#over) throw new TransportUnavailableError(`acknowledging on ${this.#consumer}`);
    if (seq > this.#lastSeq) throw new NotDeliveredError(seq, this.#consumer);
    try {
      await this.#connection.request(ackSubject(this.#ackPrefix, seq), nothing, { timeout: ackTimeoutMs });
      // without a pull nobody says that the leader moved, and what was sent to the last one is lost
      if (this.#leader !== undefined && !this.#isPulling) await this.#checkLeader();
    } catch (cause) {
      throw new TransportUnavailableError(`acknowledging ${seq} on ${this.#consumer}`, cause);
    }
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#end();
    await this.#api.request(apiSubject('CONSUMER.DELETE', this.#stream, this.#consumer), {}, 5_000).catch((error) => {
      const alreadyGone = error instanceof ApiRefusal && error.errCode === errCode.consumerNotFound;
      if (!alreadyGone) throw error;
    });
  }

  /** The connection is gone: what the server sent last may be lost, so this feed cannot promise order any more. */
  disconnected(): void {
    this.#break('disconnected');
  }

  #break(reason: FeedBreak): void {
    if (this.#over) return;
    this.#end();
    this.#sink.broken(reason);
  }

  #end(): void {
    this.#over = true;
    this.#watch?.cancel();
    this.#subscription.unsubscribe();
    this.#sink.ended();
  }

  #received(message: Msg): void {
    if (this.#over) return;
    this.#heardAt = this.#clock.monotonic();
    const at = this.#readReply(message.reply);
    if (at === undefined) return this.#status(message);
    if (at.consumerSeq > this.#lastConsumerSeq + 1) return this.#break('gap');
    if (at.consumerSeq > this.#lastConsumerSeq) this.#lastConsumerSeq = at.consumerSeq;
    if (at.seq > this.#lastSeq) this.#lastSeq = at.seq;
    this.#ackPrefix = at.prefix;
    this.#outstanding = Math.max(0, this.#outstanding - 1);
    this.#sink.deliver({
      pool: this.#place.pool,
      partition: this.#place.partition,
      seq: at.seq,
      subject: message.subject,
      payload: message.data,
      storedAt: at.storedAt,
      headers: this.#carried.pick(message, readHeader),
    });
    this.#pull();
  }

  #readReply(reply: string | undefined): AckSubject | undefined {
    if (reply === undefined || reply === '') return undefined;
    if (reply.startsWith(`${this.#ackPrefix}.`)) return readAckSubject(reply, this.#ackPrefix);
    const at = parseAckSubject(reply);
    // acknowledgements go where the reply says: never to another consumer, whoever found this inbox
    return at?.prefix.endsWith(`.${this.#stream}.${this.#consumer}`) ? at : undefined;
  }

  /** What the server says of a pull (ADR-37): its remaining messages will not come on it any more. */
  #status(message: Msg): void {
    const headers = headersOf(message);
    if (headers === undefined) return;
    switch (headers.code) {
      case 100:
        if (Number(headers.get('Nats-Last-Consumer')) > this.#lastConsumerSeq) this.#break('gap');
        return;
      case 409:
        if (headers.description === 'Consumer Deleted') return this.#break('deleted');
        if (leaderMoves.has(headers.description)) return this.#break('leader_moved');
        return this.#pullEnded(headers);
      case 503:
        void this.#lookForConsumer();
        return;
      default:
        return this.#pullEnded(headers);
    }
  }

  /**
   * Expired, or complete, which a pull with `max_bytes` says too: only what is left of this one pull will not come any more. A
   * status that does not say how much that is refuses the pull: it is not repeated at once, but when the silence is noticed.
   */
  #pullEnded(headers: MsgHdrs): void {
    const left = headers.get('Nats-Pending-Messages');
    this.#outstanding = left === '' ? 0 : Math.max(0, this.#outstanding - Number(left));
    if (left !== '') this.#pull();
  }

  #pull(): void {
    if (this.#over || this.#window === 0 || this.#outstanding > this.#window / 2) return;
    const batch = this.#window - this.#outstanding;
    this.#pulledAt = this.#clock.monotonic();
    this.#outstanding += batch;
    this.#connection.publish(
      this.#nextSubject,
      encoder.encode(
        JSON.stringify({
          batch,
          max_bytes: pullBytes,
          expires: expiresMs * 1e6,
          idle_heartbeat: heartbeatMs * 1e6,
        }),
      ),
      { reply: this.#inbox },
    );
  }

  /** A consumer that was deleted while no pull was pending says nothing, and neither does one whose leader was killed. */
  #watchSilence(): void {
    this.#watch = this.#clock.after(silenceMs, () => {
      const heardAt = this.#heardAt;
      if (this.#clock.monotonic() - heardAt < silenceMs) return this.#watchSilence();
      this.#watch = this.#clock.after(listenMs, () => {
        if (this.#heardAt === heardAt) void this.#lookForConsumer();
        if (!this.#over) this.#watchSilence();
      });
    });
  }

  /** Does a pull wait on the server, so that its heartbeats are to be heard? */
  get #isPulling(): boolean {
    return this.#outstanding > 0 && this.#clock.monotonic() - this.#pulledAt < expiresMs;
  }

  /** After a silence, or when no server takes a pull. */
  async #lookForConsumer(): Promise<void> {
    if (this.#checking || this.#over) return;
    this.#checking = true;
    const wasPulling = this.#isPulling;
    try {
      await this.#checkLeader();
      if (this.#over) return;
      if (wasPulling) return this.#break('leader_moved');
      this.#outstanding = 0;
      this.#pull();
    } catch (error) {
      const gone = error instanceof ApiRefusal && error.errCode === errCode.consumerNotFound;
      if (gone) this.#break('deleted');
    } finally {
      this.#checking = false;
    }
  }

  /** @throws ApiRefusal when the consumer is gone; TransportUnavailableError also when another server leads it */
  async #checkLeader(): Promise<void> {
    const subject = apiSubject('CONSUMER.INFO', this.#stream, this.#consumer);
    const { cluster } = await this.#api.request<ConsumerInfo>(subject, {}, silenceMs);
    this.#leader ??= cluster?.leader;
    if (cluster?.leader === this.#leader) return;
    this.#break('leader_moved');
    throw new TransportUnavailableError(`finding ${this.#consumer} with its leader`);
  }
}
