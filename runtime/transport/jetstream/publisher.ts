/**
 * Publishes to JetStream without a request object, a timer or a promise per message: one reply inbox, one subscription,
 * answers matched by number (4 times the throughput of `js.publish`).
 */
import { ErrorCode, type Msg, NatsError } from 'nats';
import type { Clock, Timer } from '../../core/clock.ts';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import type { Publication, Publisher, PublishOutcome } from '../../core/publication.ts';
import { type ApiError, errCode } from './api.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { headerBlock, headersOf } from './headers.ts';
import { type KeptSubscription, keptSubscription } from './kept-subscription.ts';

type Settle = (outcome: PublishOutcome) => void;

interface Waiting {
  readonly settle: Settle;
  readonly subject: string;
  /** Counted in sweeps: reading the clock for every publish costs more than this is worth. */
  readonly sentIn: number;
}

/** Longer than a busy server takes, shorter than an election: the publish is repeated with the same id anyway. */
const answerMs = 5_000;
const sweepMs = 500;

export class JetStreamPublisher implements Publisher {
  readonly #connection: GuardedConnection;
  readonly #clock: Clock;
  readonly #inbox: string;
  readonly #answers: KeptSubscription;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #sweeps = 0;
  #connected = true;
  #sweep: Timer | undefined;

  readonly #suspect: () => void;

  /** @param suspect called when no stream answers for a subject */
  constructor(connection: GuardedConnection, clock: Clock, suspect: () => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#suspect = suspect;
    this.#inbox = `${connection.newInbox()}.`;
    this.#answers = keptSubscription(connection, clock, `${this.#inbox}*`, {
      callback: (message) => this.#answered(message),
    });
  }

  publish(publication: Publication, settle: Settle): void {
    if (!this.#connected) {
      queueMicrotask(() => settle({ kind: 'unavailable', reason: 'not connected' }));
      return;
    }
    const number = this.#next++;
    this.#waiting.set(number, { settle, subject: publication.subject, sentIn: this.#sweeps });
    try {
      const { subject, payload } = publication;
      this.#connection.publishBlock(subject, payload, this.#inbox + number, headerBlock(publication));
    } catch (error) {
      this.#waiting.delete(number);
      queueMicrotask(() => settle(readFailure(error)));
      return;
    }
    this.#sweep ??= this.#clock.after(sweepMs, () => this.#giveUpLate());
  }

  /** A publish while disconnected would wait in the client and then be discarded: it is refused instead. */
  connected(): void {
    this.#connected = true;
  }

  /** Settles publishes in flight, which will get no answer. */
  disconnected(): void {
    this.#connected = false;
    this.#settleAll('connection lost');
  }

  /** Settles publishes to a subject that the server refuses: it sends no answer to them. */
  refused(subject: string): void {
    for (const [number, waiting] of this.#waiting) {
      if (waiting.subject !== subject) continue;
      this.#waiting.delete(number);
      waiting.settle({ kind: 'rejected', code: 0, reason: `the server does not permit to publish to "${subject}"` });
    }
  }

  close(): void {
    this.#connected = false;
    this.#sweep?.cancel();
    this.#answers.unsubscribe();
    this.#settleAll('transport closed');
  }

  #settleAll(reason: string): void {
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { settle } of lost) settle({ kind: 'unknown', reason });
  }

  #answered(message: Msg): void {
    const number = Number(message.subject.slice(this.#inbox.length));
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    if (message.data.length === 0) this.#suspect();
    waiting.settle(safelyRead(message));
  }

  #giveUpLate(): void {
    this.#sweep = undefined;
    const before = ++this.#sweeps - answerMs / sweepMs;
    for (const [number, { settle, sentIn }] of this.#waiting) {
      if (sentIn >= before) break;
      this.#waiting.delete(number);
      settle({ kind: 'unknown', reason: `no answer within ${answerMs} ms` });
    }
    if (this.#waiting.size > 0) this.#sweep ??= this.#clock.after(sweepMs, () => this.#giveUpLate());
  }
}

/** What is not sent at all: a subject or id that is none, more than the server takes, or on a connection that is being closed. */
function readFailure(error: unknown): PublishOutcome {
  if (error instanceof NatsError && error.code === ErrorCode.MaxPayloadExceeded) {
    return { kind: 'rejected', code: 0, reason: "larger than the server's max_payload" };
  }
  if (error instanceof ParleyError && !error.retryable) {
    return { kind: 'rejected', code: 0, reason: error.message };
  }
  return { kind: 'unavailable', reason: reasonOf(error) };
}

/** Any client that guesses the inbox may write to it: an unreadable answer does not tell whether the message was stored. */
function safelyRead(message: Msg): PublishOutcome {
  try {
    return readAnswer(message);
  } catch (error) {
    return { kind: 'unknown', reason: `an answer that cannot be read: ${reasonOf(error)}` };
  }
}

function readAnswer(message: Msg): PublishOutcome {
  const { data } = message;
  if (data.length === 0) {
    const status = headersOf(message)?.code;
    return { kind: 'unavailable', reason: status === 503 ? 'no stream leader answers' : `status ${status}` };
  }
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  if (text.includes('"error"')) return readRefusal((JSON.parse(text) as { error: ApiError }).error);
  const at = text.indexOf('"seq":');
  const seq = at === -1 ? 0 : Number.parseInt(text.slice(at + 6), 10);
  if (seq > 0) return { kind: 'stored', seq, duplicate: text.includes('"duplicate"') };
  return {
    kind: 'rejected',
    code: 0,
    reason: `acknowledged with sequence 0, which means that nothing was stored: ${text}`,
  };
}

/** 10077 is the code of every failure to store: only its text tells a full lane from a full stream. */
function readRefusal(error: ApiError): PublishOutcome {
  if (error.err_code === errCode.storeFailed) {
    if (error.description.includes('per subject')) return { kind: 'mailbox_full' };
    if (error.description.includes('maximum')) return { kind: 'store_full' };
    return { kind: 'unavailable', reason: error.description };
  }
  if (
    error.err_code === errCode.duplicateInProcess ||
    error.err_code === errCode.tooManyRequests ||
    error.code === 503
  ) {
    return { kind: 'unavailable', reason: error.description };
  }
  return { kind: 'rejected', code: error.err_code, reason: error.description };
}
