/** A stream of records: appended until the server has them, read one after another. */
import { ErrorCode, headers, type NatsConnection, NatsError } from 'nats';
import { type Clock, sleep } from '../../core/clock.ts';
import { allKeys, recordPattern, recordSubject } from '../../core/subjects.ts';
import { checkMessageId } from '../carried-headers.ts';
import type { LoggedRecord, NewRecord, RecordLog } from '../transport.ts';
import { TransportUnavailableError } from '../transport-errors.ts';
import { type ApiError, ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';

const tryMs = 2_000;
const deadlineMs = 30_000;
const pauseMs = 250;

interface StoredAnswer {
  readonly message: { readonly seq: number; readonly subject: string; readonly data?: string };
}

export class JetStreamLog implements RecordLog {
  readonly #connection: NatsConnection;
  readonly #api: JetStreamApi;
  readonly #clock: Clock;
  readonly #stream: string;
  readonly #prefix: string;

  /** @param prefix the subject of a key is `<prefix>.<key>` */
  constructor(connection: NatsConnection, api: JetStreamApi, clock: Clock, stream: string, prefix: string) {
    this.#connection = connection;
    this.#api = api;
    this.#clock = clock;
    this.#stream = stream;
    this.#prefix = prefix;
  }

  /** The record's id keeps a repetition from being stored twice. */
  async append({ key, messageId, payload }: NewRecord): Promise<number> {
    const subject = recordSubject(this.#prefix, key);
    const until = this.#clock.monotonic() + deadlineMs;
    const id = headers();
    id.set('Nats-Msg-Id', checkMessageId(messageId));
    for (;;) {
      try {
        const answer = await this.#connection.request(subject, payload, { timeout: tryMs, headers: id });
        const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
        if (error === undefined && seq !== undefined && seq > 0) return seq;
        if (error !== undefined && error.code !== 503) throw new ApiRefusal(subject, error);
      } catch (cause) {
        const transient = cause instanceof NatsError && cause.code !== ErrorCode.ConnectionClosed;
        if (!transient || this.#clock.monotonic() + pauseMs > until) {
          throw cause instanceof ApiRefusal ? cause : new TransportUnavailableError(`recording to "${subject}"`, cause);
        }
      }
      await sleep(this.#clock, pauseMs);
    }
  }

  async last(): Promise<number> {
    const info = await this.#api.request<{ state: { last_seq: number } }>(apiSubject('STREAM.INFO', this.#stream), {});
    return info.state.last_seq;
  }

  async next(seq: number, key: string = allKeys): Promise<LoggedRecord | undefined> {
    try {
      const { message } = await this.#api.request<StoredAnswer>(apiSubject('STREAM.MSG.GET', this.#stream), {
        seq: Math.max(1, seq),
        next_by_subj: recordPattern(this.#prefix, key),
      });
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
}
