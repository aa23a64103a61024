/** A log in a stream: appends each record until the server has it, reads records one after another. */
import { ErrorCode, headers, NatsError } from 'nats';
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import type { PublishOutcome } from '../../core/publication.ts';
import type { Random } from '../../core/random.ts';
import { allKeys, recordPattern, recordSubject } from '../../core/subjects.ts';
import { checkMessageId } from '../propagated-headers.ts';
import { type LoggedRecord, type NewRecord, type RecordLog, usualRecordBytes } from '../record-log.ts';
import { RecordRefusedError, TransportUnavailableError } from '../transport-errors.ts';
import { type ApiError, ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import type { JetStreamPublisher } from './publisher.ts';
import { failureOf, refusalOf } from './record-refusal.ts';

const tryMs = 2_000;
const deadlineMs = 30_000;
/** A stream that was deleted under a living node is recreated within this time. */
const remadeMs = 5_000;
const retryRule = Object.freeze({ initialIntervalMs: 250, maxIntervalMs: 5_000 });
/** More than the size of a message id, because the server counts headers. */
const headerBytes = 256;

interface RecordToStore {
  readonly subject: string;
  readonly messageId: string;
  readonly payload: Uint8Array;
  /** Monotonic. */
  readonly until: number;
}

interface StoredAnswer {
  readonly message: { readonly seq: number; readonly subject: string; readonly data?: string };
}

export interface JetStreamLogParts {
  readonly connection: GuardedConnection;
  readonly publisher: JetStreamPublisher;
  readonly api: JetStreamApi;
  readonly clock: Clock;
  readonly random: Random;
}

export class JetStreamLog implements RecordLog {
  readonly #connection: GuardedConnection;
  readonly #publisher: JetStreamPublisher;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #stream: string;
  readonly #prefix: string;
  #maxBytes = usualRecordBytes;

  /** @param prefix the subject of a key is `<prefix>.<key>` */
  constructor({ connection, publisher, api, clock, random }: JetStreamLogParts, stream: string, prefix: string) {
    this.#connection = connection;
    this.#publisher = publisher;
    this.#api = api;
    this.#clock = clock;
    this.#random = random;
    this.#stream = stream;
    this.#prefix = prefix;
  }

  /** The limit of the server that was connected last: another one may accept less. */
  get maxBytes(): number {
    const maxPayload = this.#connection.info?.max_payload;
    if (maxPayload !== undefined) this.#maxBytes = Math.max(1, maxPayload - headerBytes);
    return this.#maxBytes;
  }

  /** Appends a record; its id keeps a repetition from being stored twice. */
  async append({ key, messageId, payload }: NewRecord): Promise<number> {
    const subject = recordSubject(this.#prefix, key);
    const until = this.#clock.monotonic() + deadlineMs;
    const seq = await this.#publish(subject, messageId, payload);
    return seq ?? this.#request({ subject, messageId, payload, until });
  }

  /**
   * Publishes as intents are: for a request the library makes five promises, a timer and an error. Where the server has refused the
   * subject before, only a request tells when it takes it again.
   * @returns `undefined` when it may not be stored
   */
  async #publish(subject: string, messageId: string, payload: Uint8Array): Promise<number | undefined> {
    if (this.#connection.retried('publish', subject) !== undefined) return undefined;
    const outcome = await new Promise<PublishOutcome>((resolve) => {
      this.#publisher.publish({ subject, messageId, payload }, resolve);
    });
    return outcome.kind === 'stored' ? outcome.seq : undefined;
  }

  /** Repeats the record, whose id keeps it from being stored twice, until the server has it or tells why not. */
  async #request({ subject, messageId, payload, until }: RecordToStore): Promise<number> {
    const backoff = new Backoff(this.#random, retryRule);
    const id = headers();
    id.set('Nats-Msg-Id', checkMessageId(messageId));
    for (;;) {
      let cause: unknown;
      try {
        const answer = await this.#connection.request(subject, payload, { timeout: tryMs, headers: id });
        const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
        if (error === undefined && seq !== undefined && seq > 0) return seq;
        if (error !== undefined) {
          const refusal = refusalOf(subject, error);
          if (refusal !== undefined) throw refusal;
          cause = new ApiRefusal(subject, error);
        }
      } catch (error) {
        if (error instanceof RecordRefusedError) throw error;
        const refusal = failureOf(subject, error) ?? (await this.#missing(subject, error));
        const mayPass = refusal?.why === 'no_stream' && this.#clock.monotonic() < until - deadlineMs + remadeMs;
        if (refusal !== undefined && !mayPass) throw refusal;
        cause = refusal ?? error;
      }
      const pauseMs = backoff.nextMs();
      const isOver = cause instanceof NatsError && cause.code === ErrorCode.ConnectionClosed;
      if (isOver || this.#clock.monotonic() + pauseMs > until) {
        throw new TransportUnavailableError(`recording to "${subject}"`, cause);
      }
      await sleep(this.#clock, pauseMs);
    }
  }

  async last(): Promise<number> {
    const info = await this.#api.request<{ state: { last_seq: number } }>(apiSubject('STREAM.INFO', this.#stream), {});
    return info.state.last_seq;
  }

  async next(seq: number, key: string = allKeys): Promise<LoggedRecord | undefined> {
    return this.#read({ seq: Math.max(1, seq), next_by_subj: recordPattern(this.#prefix, key) });
  }

  async latest(key: string): Promise<LoggedRecord | undefined> {
    return this.#read({ last_by_subj: recordSubject(this.#prefix, key) });
  }

  async #read(question: object): Promise<LoggedRecord | undefined> {
    try {
      const { message } = await this.#api.request<StoredAnswer>(apiSubject('STREAM.MSG.GET', this.#stream), question);
      return {
        seq: message.seq,
        key: message.subject.slice(this.#prefix.length + 1),
        payload: Buffer.from(message.data ?? '', 'base64'),
      };
    } catch (error) {
      if (error instanceof ApiRefusal && error.errCode === errCode.noMessage) return undefined;
      throw error;
    }
  }

  /** Handles a subject without a stream: an election, or the stream no longer exists. */
  async #missing(subject: string, error: unknown): Promise<RecordRefusedError | undefined> {
    if (!(error instanceof NatsError) || error.code !== ErrorCode.NoResponders) return undefined;
    this.#api.suspectLoss();
    try {
      await this.#api.request(apiSubject('STREAM.INFO', this.#stream), {}, tryMs);
      return undefined;
    } catch (cause) {
      const isGone = cause instanceof ApiRefusal && cause.errCode === errCode.streamNotFound;
      return isGone ? new RecordRefusedError(subject, 'no_stream', cause) : undefined;
    }
  }
}
