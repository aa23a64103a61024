/** Requests to `$JS.API` as JSON, with the server's error as an error (docs.nats.io, JetStream wire API reference). */
import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { systemRandom } from '../../core/random.ts';
import { NoJetStreamError } from '../transport-errors.ts';
import { explainRequest } from './refusals.ts';

/** The server's error codes (`err_code`) that Parley acts upon. */
export const errCode = {
  accountResources: 10002,
  noSuitablePeers: 10005,
  insufficientResources: 10008,
  notAvailable: 10009,
  consumerNotFound: 10014,
  noMessage: 10037,
  insufficientStorage: 10047,
  memoryLimit: 10028,
  consumerLimit: 10026,
  streamLimit: 10027,
  messageTooLarge: 10054,
  headerTooLarge: 10097,
  streamSealed: 10109,
  storeNotMade: 10049,
  streamOffline: 10118,
  maxBytesRequired: 10113,
  streamBytesLimit: 10122,
  notEnabled: 10076,
  notEnabledForAccount: 10039,
  storeFailed: 10077,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  wrongLastSequence: 10071,
  workQueueNotUnique: 10100,
  duplicateInProcess: 10158,
  sequenceInProcess: 10164,
  tooManyRequests: 10167,
} as const;

export interface ApiError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/** The server understood a request and refused it. */
export class ApiRefusal extends Error {
  readonly errCode: number;
  /** The server is starting, electing, overloaded or without room, or the object is being recreated. */
  readonly retryable: boolean;

  constructor(subject: string, error: ApiError) {
    super(`${error.description} (${error.err_code}, to ${subject})`);
    this.name = 'ApiRefusal';
    this.errCode = error.err_code;
    this.retryable = error.code >= 500 || passingCodes.has(error.code);
  }
}

/** Status codes of refusals that may pass: not found, too many requests. */
const passingCodes: ReadonlySet<number> = new Set([404, 429]);

const tryMs = 2_000;
const findMs = 15_000;
/** Notified that a stream may be gone: a request found none, or nothing answered a publish. */
export interface LossWatch {
  suspect(): void;
  /** Is the subject that of a stream that will be recreated? */
  isKept(subject: string): boolean;
}

const noWatch: LossWatch = { suspect: () => undefined, isKept: () => false };

export class JetStreamApi {
  readonly #connection: NatsConnection;
  readonly #clock: Clock;
  #losses: LossWatch = noWatch;
  /** Requests that wait for the connection. */
  readonly #waiting = new Set<() => void>();
  #away = false;

  constructor(connection: NatsConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * Retries until an answer comes or `deadlineMs` has passed: during an election no server answers for 4.5 to 7 s. For requests
   * that may be repeated.
   * @throws ApiRefusal, TransportUnavailableError
   */
  request<T>(subject: string, body: object, deadlineMs: number = 15_000): Promise<T> {
    return this.#ask<T>(subject, body, deadlineMs, this.#losses);
  }

  async #ask<T>(subject: string, body: object, deadlineMs: number, losses: LossWatch): Promise<T> {
    const until = this.#clock.monotonic() + deadlineMs;
    const payload = JSON.stringify(body);
    const backoff = new Backoff(systemRandom);
    for (;;) {
      await this.#reconnected(until);
      try {
        const answer = await this.#connection.request(subject, payload, { timeout: tryMs });
        return this.#read<T>(subject, answer.string());
      } catch (cause) {
        const isMadeAgain = isStreamGone(cause) && losses.isKept(subject);
        if (isMadeAgain) losses.suspect();
        const pauseMs = backoff.nextMs();
        if (!(isMadeAgain || isTransient(cause)) || this.#clock.monotonic() + pauseMs > until)
          throw this.#explain(subject, cause);
        await sleep(this.#clock, pauseMs);
      }
    }
  }

  /** From now on requests that find no stream wait until it is recreated. */
  watchLosses(losses: LossWatch): void {
    this.#losses = losses;
  }

  suspectLoss(): void {
    this.#losses.suspect();
  }

  /** Like `request`, but does not wait for a stream: resolves to `undefined` without one. */
  async find<T>(subject: string, body: object): Promise<T | undefined> {
    try {
      return await this.#ask<T>(subject, body, findMs, noWatch);
    } catch (error) {
      if (isStreamGone(error)) return undefined;
      throw error;
    }
  }

  /** Makes requests wait: one sent while disconnected would be discarded, and its answer awaited in vain. */
  disconnected(): void {
    this.#away = true;
  }

  connected(): void {
    this.#away = false;
    for (const goOn of [...this.#waiting]) goOn();
  }

  /** Waits for the connection, at most until the given time. */
  #reconnected(until: number): Promise<void> | undefined {
    const left = until - this.#clock.monotonic();
    if (!this.#away || left <= 0) return undefined;
    return new Promise((resolve) => {
      const goOn = (): void => {
        timer.cancel();
        this.#waiting.delete(goOn);
        resolve();
      };
      const timer = this.#clock.after(left, goOn);
      this.#waiting.add(goOn);
    });
  }

  #read<T>(subject: string, text: string): T {
    const answer = JSON.parse(text) as { error?: ApiError };
    if (answer.error !== undefined) throw new ApiRefusal(subject, answer.error);
    return answer as T;
  }

  #explain(subject: string, cause: unknown): unknown {
    if (cause instanceof ApiRefusal) {
      const off = cause.errCode === errCode.notEnabled || cause.errCode === errCode.notEnabledForAccount;
      return off ? new NoJetStreamError(this.#connection.getServer(), cause) : cause;
    }
    const hasNoResponder = cause instanceof NatsError && cause.code === ErrorCode.NoResponders;
    if (hasNoResponder && this.#connection.info?.jetstream !== true) {
      return new NoJetStreamError(this.#connection.getServer(), cause);
    }
    return explainRequest(`request to "${subject}"`, cause);
  }
}

const isStreamGone = (error: unknown): boolean =>
  error instanceof ApiRefusal && error.errCode === errCode.streamNotFound;

/** Error codes of a cluster that is starting, or electing. */
const transient: ReadonlySet<number> = new Set([
  errCode.notAvailable,
  errCode.insufficientResources,
  errCode.noSuitablePeers,
]);

function isTransient(cause: unknown): boolean {
  if (cause instanceof ApiRefusal) {
    return transient.has(cause.errCode);
  }
  if (!(cause instanceof NatsError)) return false;
  return (
    cause.code === ErrorCode.Timeout || cause.code === ErrorCode.NoResponders || cause.code === ErrorCode.Disconnect
  );
}
