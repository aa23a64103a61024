/** The publishes of one connection on their way to the store, with the answers on their way back. */
import type { Clock, Timer } from '../../core/clock.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Publication, Publisher, PublishOutcome } from '../../core/publication.ts';
import { checkSubject } from '../../core/subject-rules.ts';
import { checkMessageId } from '../propagated-headers.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Link } from './link.ts';

type Settle = (outcome: PublishOutcome) => void;

interface Waiting {
  readonly settle: Settle;
  readonly deadline: Timer;
}

export class SimulatedPublisher implements Publisher {
  readonly #broker: SimulatedBroker;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #answerMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #closed = false;

  /** @param answerMs the time without an answer after which a publish is `unknown` */
  constructor(broker: SimulatedBroker, clock: Clock, link: Link, answerMs: number) {
    this.#broker = broker;
    this.#clock = clock;
    this.#link = link;
    this.#answerMs = answerMs;
  }

  publish(publication: Publication, settle: Settle): void {
    const fault = faultOf(publication);
    if (fault !== undefined) {
      queueMicrotask(() => settle({ kind: 'rejected', code: 0, reason: fault }));
      return;
    }
    if (this.#closed || !this.#link.up) {
      queueMicrotask(() => settle({ kind: 'unavailable', reason: this.#closed ? 'closed' : 'not connected' }));
      return;
    }
    const number = this.#number++;
    const deadline = this.#clock.after(this.#answerMs, () => {
      this.#settle(number, { kind: 'unknown', reason: `no answer within ${this.#answerMs} ms` });
    });
    this.#waiting.set(number, { settle, deadline });
    const { faults } = this.#broker;
    if (faults.strikes('losePublish')) return this.#broker.note('lost', 'publish', publication.messageId);
    this.#travel(number, publication);
  }

  /** Settles publishes in flight after a lost connection: they get no answer. */
  lose(reason: string): void {
    for (const number of [...this.#waiting.keys()]) this.#settle(number, { kind: 'unknown', reason });
  }

  close(): void {
    this.#closed = true;
    this.lose('transport closed');
  }

  #travel(number: number, publication: Publication): void {
    this.#link.send(`publish ${publication.messageId}`, () => {
      const outcome = this.#broker.publish(publication);
      const twice = outcome.kind === 'stored' && this.#broker.faults.strikes('duplicatePublish');
      if (twice) this.#broker.publish(publication);
      if (this.#broker.faults.strikes('losePublishAnswer')) {
        return this.#broker.note('lost', 'answer', publication.messageId);
      }
      this.#link.send(`answer to publish ${publication.messageId}`, () => this.#settle(number, outcome));
    });
  }

  #settle(number: number, outcome: PublishOutcome): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    waiting.deadline.cancel();
    waiting.settle(outcome);
  }
}

function faultOf({ subject, messageId }: Publication): string | undefined {
  try {
    checkSubject(subject);
    checkMessageId(messageId);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
