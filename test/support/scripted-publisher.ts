/** A publisher whose outcomes the test gives, one publish at a time. */
import type { Publication, Publisher, PublishOutcome } from '../../runtime/core/publication.ts';

interface Open {
  readonly publication: Publication;
  readonly settle: (outcome: PublishOutcome) => void;
}

export class ScriptedPublisher implements Publisher {
  /** Message ids in publish order, including repetitions. */
  readonly published: string[] = [];
  readonly #open: Open[] = [];
  #seq = 0;

  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void {
    this.published.push(publication.messageId);
    this.#open.push({ publication, settle });
  }

  /** Message ids without an outcome. */
  get inFlight(): readonly string[] {
    return this.#open.map(({ publication }) => publication.messageId);
  }

  store(messageId: string): void {
    this.say(messageId, { kind: 'stored', seq: ++this.#seq, duplicate: false });
  }

  unknown(messageId: string): void {
    this.say(messageId, { kind: 'unknown', reason: 'no answer' });
  }

  unavailable(messageId: string): void {
    this.say(messageId, { kind: 'unavailable', reason: 'no leader' });
  }

  full(messageId: string): void {
    this.say(messageId, { kind: 'mailbox_full' });
  }

  say(messageId: string, outcome: PublishOutcome): void {
    const at = this.#open.findIndex(({ publication }) => publication.messageId === messageId);
    const [found] = at === -1 ? [] : this.#open.splice(at, 1);
    if (found === undefined) throw new Error(`"${messageId}" is not in flight, but ${this.inFlight.join(', ')}`);
    found.settle(outcome);
  }
}
