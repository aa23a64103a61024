/** Interceptor: reports to askers that there will be no reply. */
import { reasonOf } from '../../core/errors.ts';
import type { Intent } from '../../core/intent.ts';
import type { Logger } from '../../core/logger.ts';
import { isAsked, type ReplyFault } from '../../messaging/reply.ts';
import type { Pickup } from './attempt.ts';
import type { Handling } from './handling.ts';
import type { Death, Interceptor } from './interceptor.ts';

const noReply: ReplyFault = Object.freeze({ code: 'PARLEY_NO_REPLY', message: 'it was handled without a reply' });

export class RepliesInterceptor implements Interceptor {
  readonly #refuse: (from: string, intent: Intent, fault: ReplyFault) => void;
  readonly #log: Logger;

  /** @param refuse sends the refusal to the sender of the intent, in the name of `from` */
  constructor(refuse: (from: string, intent: Intent, fault: ReplyFault) => void, log: Logger) {
    this.#refuse = refuse;
    this.#log = log;
  }

  succeeded({ context, activation, attempt }: Handling): void {
    const { intent } = attempt;
    if (context.replied || !isAsked(intent)) return;
    const { id, lease } = activation;
    if (lease.isFresh) return this.#refuse(id, intent, noReply);
    lease.whenFresh().then(
      () => this.#refuse(id, intent, noReply),
      (lost: unknown) => this.#log.debug({ agent: id, reason: reasonOf(lost) }, 'the next owner replies'),
    );
  }

  deadLettered({ lane }: Pickup, { intent, reason, message, retryable }: Death): void {
    if (intent === undefined || !isAsked(intent)) return;
    this.#refuse(lane.receiver, intent, { code: reason, message, retryable });
  }
}
