/** A stream of records: appended until the server has them, read one after another. */
import { ErrorCode, headers, type NatsConnection, NatsError } from 'nats';
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { systemRandom } from '../../core/random.ts';
import { allKeys, recordPattern, recordSubject } from '../../core/subjects.ts';
import { checkMessageId } from '../carried-headers.ts';
import type { LoggedRecord, NewRecord, RecordLog } from '../transport.ts';
import { type ApiError, ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { explainRequest } from './refusals.ts';

const tryMs = 2_000;
const deadlineMs = 30_000;

const nothingStored: ApiError = { code: 500, err_code: 0, description: 'acknowledged with sequence 0' };

interface StoredAnswer {
  readonly message: { readonly seq: number; readonly subject: string; readonly data?: string };
}

const passing = ({ code }: NatsError): boolean =>
  code !== ErrorCode.ConnectionClosed &&
  code !== ErrorCode.PermissionsViolation &&
  code !== ErrorCode.MaxPayloadExceeded;

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
    const backoff = new Backoff(systemRandom);
    const id = headers();
    id.set('Nats-Msg-Id', checkMessageId(messageId));
    for (;;) {
      try {
        const answer = await this.#connection.request(subject, payload, { timeout: tryMs, headers: id });
        const { seq, error } = answer.json<{ seq?: number; error?: ApiError }>();
        if (error === undefined && seq !== undefined && seq > 0) return seq;
        if (error === undefined) throw new ApiRefusal(subject, nothingStored);
        if (error.code !== 503 || this.#clock.monotonic() > until) throw new ApiRefusal(subject, error);
      } catch (cause) {
        const transient = cause instanceof NatsError && passing(cause);
        if (!transient || this.#clock.monotonic() > until) {
          throw cause instanceof ApiRefusal ? cause : explainRequest(`recording to "${subject}"`, cause);
        }
        if (cause.code === ErrorCode.NoResponders) this.#api.suspectLoss();
      }
      await sleep(this.#clock, backoff.nextMs());
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
