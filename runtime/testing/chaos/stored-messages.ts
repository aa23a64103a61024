/** Reads all messages of a stream from one server of a cluster: it makes that server the leader, which reads its own store. */
import { connect, type NatsConnection } from 'nats';
import { type Clock, sleep } from '../../core/clock.ts';
import { chaosObserver } from './server-text.ts';
import { ChaosTimeoutError } from './until.ts';

/** Messages that are requested at a time. */
const batch = 64;
const answerMs = 5_000;
const leaderMs = 60_000;
const pauseMs = 200;

interface StreamInfo {
  readonly cluster?: { readonly leader?: string };
  readonly state: { readonly first_seq: number; readonly last_seq: number };
}

interface StoredAnswer {
  readonly message?: {
    readonly subject: string;
    readonly time: string;
    readonly data?: string;
    readonly hdrs?: string;
  };
}

export class StoredMessages implements AsyncDisposable {
  readonly #connection: NatsConnection;
  readonly #clock: Clock;

  /** @param ports the client ports of all servers */
  static async open(ports: readonly number[], clock: Clock): Promise<StoredMessages> {
    const connection = await connect({
      servers: ports.map((port) => `127.0.0.1:${port}`),
      user: chaosObserver.name,
      pass: chaosObserver.password,
    });
    return new StoredMessages(connection, clock);
  }

  private constructor(connection: NatsConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Makes `server` the leader, then reads its messages in order, one line each. @throws ChaosTimeoutError */
  async *of(stream: string, server: string): AsyncGenerator<string> {
    const { state } = await this.#ledBy(stream, server);
    for (let next = state.first_seq; next <= state.last_seq; next += batch) {
      const seqs = Array.from({ length: Math.min(batch, state.last_seq - next + 1) }, (_, i) => next + i);
      const answers = await Promise.all(seqs.map((seq) => this.#get(stream, seq)));
      for (const [i, { message }] of answers.entries()) {
        if (message === undefined) continue;
        const { subject, time, hdrs = '', data = '' } = message;
        yield `${seqs[i]} ${subject} ${time} ${hdrs} ${data}\n`;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  async #ledBy(stream: string, server: string): Promise<StreamInfo> {
    const end = this.#clock.monotonic() + leaderMs;
    while (this.#clock.monotonic() < end) {
      const info = await this.#ask<StreamInfo>(`$JS.API.STREAM.INFO.${stream}`, {});
      if (info?.cluster?.leader === server) return info;
      const placement = { preferred: server };
      if (info !== undefined) await this.#ask(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, { placement });
      await sleep(this.#clock, pauseMs);
    }
    throw new ChaosTimeoutError(`"${server}" leads stream "${stream}"`, leaderMs);
  }

  /** Reads one message; a gap has none. @throws NatsError when the leader does not answer */
  async #get(stream: string, seq: number): Promise<StoredAnswer> {
    const request = JSON.stringify({ seq });
    const answer = await this.#connection.request(`$JS.API.STREAM.MSG.GET.${stream}`, request, { timeout: answerMs });
    return answer.json<StoredAnswer>();
  }

  /** Sends a request; `undefined` during an election. */
  async #ask<T>(subject: string, request: object): Promise<T | undefined> {
    try {
      const answer = await this.#connection.request(subject, JSON.stringify(request), { timeout: answerMs });
      const document = answer.json<T & { readonly error?: object }>();
      return document.error === undefined ? document : undefined;
    } catch {
      return undefined;
    }
  }
}
