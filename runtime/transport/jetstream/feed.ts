/**
 * Delivers one partition by a pull loop on the bare connection. The library's `consume()` waits for two heartbeats of 15 s
 * when a consumer's leader moves; this loop asks again at once.
 *
 * asking ──(message)──▶ asking ──(half the window used)──▶ pull again
 *    │ 409 Consumer Deleted, or a pull without an answer and no such consumer   ──▶ broken(deleted)
 *    │ consumer sequence jumps, in a delivery or a heartbeat                    ──▶ broken(gap)
 *    │ the server announces it, or is silent although a pull waits and the consumer exists ──▶ broken(leader_moved)
 *    │ connection lost                                                          ──▶ broken(disconnected)
 *    └ close()                                                                  ──▶ closed
 *
 * Liveness does not depend on pulling: without room no pull waits, so the server sends nothing. Then a silence only makes the feed
 * ask whether the consumer exists, and which server leads it.
 */

import type { Msg, NatsError, Subscription } from 'nats';
import type { Clock } from '../../core/clock.ts';
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
import { pullRequest } from './pull-request.ts';
import { readPullStatus } from './pull-status.ts';
import { PullWindow } from './pull-window.ts';
import { SilenceWatch, silenceMs } from './silence-watch.ts';

const ackTimeoutMs = 5_000;
const nothing = new Uint8Array(0);

/** The part of the transport that a feed needs: it tracks open feeds, to close them when it closes. */
export interface TransportSink extends FeedSink {
  ended(): void;
}

export class JetStreamFeed implements Feed {
  readonly #connection: GuardedConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #place: FeedPlace;
  readonly #sink: TransportSink;
  readonly #propagated: PropagatedHeaders;
  readonly #stream: string;
  readonly #consumer: string;
  readonly #nextSubject: string;
  readonly #inbox: string;
  /** The server that leads the consumer; `undefined` without a cluster. */
  #leader: string | undefined;
  readonly #stored: number;
  readonly #subscription: Subscription;
  readonly #requested = new PullWindow();
  readonly #silence: SilenceWatch;
  #ackPrefix = '';
  #lastSeq = 0;
  #lastConsumerSeq = 0;
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
    propagated: PropagatedHeaders,
  ) {
    this.#propagated = propagated;
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
    this.#subscription = connection.subscribe(this.#inbox, {
      callback: (error: NatsError | null, message: Msg) => {
        if (error === null) this.#received(message);
      },
    });
    this.#silence = new SilenceWatch(clock, () => void this.#lookForConsumer());
  }

  get isCaughtUp(): boolean {
    return this.#lastConsumerSeq >= this.#stored;
  }

  window(messages: number): void {
    this.#requested.resize(messages);
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
      // without a pull no server announces that the leader moved: acknowledgements sent to the last leader are lost
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

  /** Breaks the feed after a lost connection: the last deliveries may be lost, so it cannot promise order any more. */
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
    this.#silence.stop();
    this.#subscription.unsubscribe();
    this.#sink.ended();
  }

  #received(message: Msg): void {
    if (this.#over) return;
    this.#silence.heard();
    const at = this.#readReply(message.reply);
    if (at === undefined) return this.#status(message);
    if (at.consumerSeq > this.#lastConsumerSeq + 1) return this.#break('gap');
    if (at.consumerSeq > this.#lastConsumerSeq) this.#lastConsumerSeq = at.consumerSeq;
    if (at.seq > this.#lastSeq) this.#lastSeq = at.seq;
    this.#ackPrefix = at.prefix;
    this.#requested.received();
    this.#sink.deliver({
      pool: this.#place.pool,
      partition: this.#place.partition,
      seq: at.seq,
      subject: message.subject,
      payload: message.data,
      storedAt: at.storedAt,
      headers: this.#propagated.pick(message, readHeader),
    });
    this.#pull();
  }

  #readReply(reply: string | undefined): AckSubject | undefined {
    if (reply === undefined || reply === '') return undefined;
    if (reply.startsWith(`${this.#ackPrefix}.`)) return readAckSubject(reply, this.#ackPrefix);
    const at = parseAckSubject(reply);
    // acknowledgements go to the reply subject of this consumer alone, even when a stranger writes to this inbox
    return at?.prefix.endsWith(`.${this.#stream}.${this.#consumer}`) ? at : undefined;
  }

  #status(message: Msg): void {
    const headers = headersOf(message);
    if (headers === undefined) return;
    const status = readPullStatus(headers);
    switch (status.kind) {
      case 'heartbeat':
        if (status.consumerSeq > this.#lastConsumerSeq) this.#break('gap');
        return;
      case 'broken':
        return this.#break(status.reason);
      case 'no_responders':
        void this.#lookForConsumer();
        return;
      case 'ended':
        this.#requested.ended(status.left);
        return this.#pull();
      case 'refused':
        return this.#requested.clear();
      default:
        throw new Error(`unexpected status ${status satisfies never}`);
    }
  }

  #pull(): void {
    const { batch } = this.#requested;
    if (this.#over || batch === 0) return;
    this.#requested.pulled(batch, this.#clock.monotonic());
    this.#connection.publish(this.#nextSubject, pullRequest(batch), { reply: this.#inbox });
  }

  get #isPulling(): boolean {
    return this.#requested.isPulling(this.#clock.monotonic());
  }

  /** Examines the consumer after a silence, or when no server accepts a pull. */
  async #lookForConsumer(): Promise<void> {
    if (this.#checking || this.#over) return;
    this.#checking = true;
    const wasPulling = this.#isPulling;
    try {
      await this.#checkLeader();
      if (this.#over) return;
      if (wasPulling) return this.#break('leader_moved');
      this.#requested.clear();
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
