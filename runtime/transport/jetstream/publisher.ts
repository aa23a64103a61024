/**
 * Publishes to JetStream without a request object, a timer or a promise per message: one reply inbox, one subscription,
 * answers matched by number (4 times the throughput of `js.publish`).
 */
import { ErrorCode, type Msg, NatsError } from 'nats';
import type { Clock, Timer } from '../../core/clock.ts';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import type { Publication, Publisher, PublishOutcome } from '../../core/publication.ts';
import type { GuardedConnection } from './guarded-connection.ts';
import { headerBlock } from './headers.ts';
import { type KeptSubscription, keptSubscription } from './kept-subscription.ts';
import { type PendingPublish, PendingPublishes, type Settle } from './pending-publishes.ts';
import { readPublishAnswer } from './publish-answer.ts';

/** Longer than a busy server takes, shorter than an election: the publish is repeated with the same id anyway. */
const answerMs = 5_000;
const sweepMs = 500;

export class JetStreamPublisher implements Publisher {
  readonly #connection: GuardedConnection;
  readonly #clock: Clock;
  readonly #inbox: string;
  readonly #answers: KeptSubscription;
  readonly #pending = new PendingPublishes();
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

  publish(publication: Omit<Publication, 'pool'>, settle: Settle): void {
    if (!this.#connected) {
      queueMicrotask(() => settle({ kind: 'unavailable', reason: 'not connected' }));
      return;
    }
    const number = this.#pending.add(publication.subject, settle, this.#sweeps);
    try {
      const { subject, payload } = publication;
      this.#connection.publishBlock(subject, payload, this.#inbox + number, headerBlock(publication));
    } catch (error) {
      this.#pending.take(number);
      queueMicrotask(() => settle(readFailure(error)));
      return;
    }
    this.#sweep ??= this.#clock.after(sweepMs, () => this.#giveUpLate());
  }

  /** A publish while disconnected would wait in the client and then be discarded: it is refused instead. */
  connected(): void {
    this.#connected = true;
  }

  /** Settles publishes in flight after a lost connection: they get no answer. */
  disconnected(): void {
    this.#connected = false;
    this.#settleAll({ kind: 'unknown', reason: 'connection lost' });
  }

  /** Settles publishes to a subject that the server refuses: it sends no answer to them. */
  refused(subject: string): void {
    const reason = `the server does not permit to publish to "${subject}"`;
    this.#settleAll({ kind: 'rejected', code: 0, reason }, (pending) => pending.subject === subject);
  }

  close(): void {
    this.#connected = false;
    this.#sweep?.cancel();
    this.#answers.unsubscribe();
    this.#settleAll({ kind: 'unknown', reason: 'transport closed' });
  }

  #settleAll(outcome: PublishOutcome, matches: (pending: PendingPublish) => boolean = () => true): void {
    for (const { settle } of this.#pending.takeAll(matches)) settle(outcome);
  }

  #answered(message: Msg): void {
    const pending = this.#pending.take(Number(message.subject.slice(this.#inbox.length)));
    if (pending === undefined) return;
    if (message.data.length === 0) this.#suspect();
    pending.settle(readPublishAnswer(message));
  }

  #giveUpLate(): void {
    this.#sweep = undefined;
    const before = ++this.#sweeps - answerMs / sweepMs;
    this.#settleAll({ kind: 'unknown', reason: `no answer within ${answerMs} ms` }, ({ sentIn }) => sentIn < before);
    if (this.#pending.size > 0) this.#sweep ??= this.#clock.after(sweepMs, () => this.#giveUpLate());
  }
}

/** Reads the error of a publish that cannot be sent: an invalid subject or id, a message too large for the server, a closing connection. */
function readFailure(error: unknown): PublishOutcome {
  if (error instanceof NatsError && error.code === ErrorCode.MaxPayloadExceeded) {
    return { kind: 'rejected', code: 0, reason: "larger than the server's max_payload" };
  }
  if (error instanceof ParleyError && !error.retryable) {
    return { kind: 'rejected', code: 0, reason: error.message };
  }
  return { kind: 'unavailable', reason: reasonOf(error) };
}
