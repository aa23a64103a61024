/** The context of a handler: for the current intent, until the handling ends. */
import { ActSeries } from '../../core/act-series.ts';
import type { Intent } from '../../core/intent.ts';
import { decodeIntent } from '../../core/intent-codec.ts';
import { checkAgainstSchemas, readThrough } from '../../core/intent-schema.ts';
import type { Json } from '../../core/json.ts';
import type { QueuedIntent } from '../../mailbox/lane.ts';
import { SendOutcomeUnknownError } from '../../mailbox/mailbox-errors.ts';
import { AlreadyRepliedError } from '../../messaging/ask-errors.ts';
import { isAsked } from '../../messaging/reply.ts';
import type { Activation } from '../activation.ts';
import type { HandlingContext } from '../context.ts';
import type { OwnedContext } from '../handling/handling.ts';
import { HandlingEndedError } from '../handling-ended.ts';
import { type Actor, actAs } from './acting.ts';
import { HookContext } from './activation-context.ts';
import type { ContextPorts } from './ports.ts';
import { sayAs, whenOwned } from './sending.ts';

export class HandlerContext extends HookContext implements HandlingContext, OwnedContext, Actor {
  readonly attempt: number;
  readonly #intent: Intent;
  readonly #payload: Uint8Array;
  #replied = false;
  #ended = false;
  #acts: ActSeries | undefined;

  /** @param queued the intent as the mailbox dispatches it */
  constructor(ports: ContextPorts, activation: Activation, intent: Intent, { attempts, payload }: QueuedIntent) {
    super(ports, activation, intent);
    this.#intent = intent;
    this.#payload = payload;
    this.attempt = attempts;
  }

  get replied(): boolean {
    return this.#replied;
  }

  /** The acts of this attempt, in their order. */
  get acts(): ActSeries {
    this.#acts ??= new ActSeries();
    return this.#acts;
  }

  get act(): HandlingContext['act'] {
    return actAs(this.ports, this);
  }

  get keepCause(): HandlingContext['keepCause'] {
    return () => sayAs(this, async () => this.ports.acting.keepCause(this.self, this.received()));
  }

  get reply(): HandlingContext['reply'] {
    return async (value: Json): Promise<void> => {
      this.#checkInHand();
      const { intent_type: type, intent_id: id } = this.#intent;
      if (this.#replied) throw new AlreadyRepliedError(this.self, id);
      const declared = this.activation.agent.intents[type]?.reply;
      if (declared !== undefined) readThrough(declared, type, 'reply', value);
      if (!isAsked(this.#intent)) return;
      this.#replied = true;
      try {
        // JSON has no other reply without a value
        const said = value === undefined ? null : value;
        await whenOwned(this.lease, () => this.ports.messaging.reply(this.self, this.#intent, said));
      } catch (error) {
        // after a send that may have succeeded, no second reply may follow
        this.#replied = error instanceof SendOutcomeUnknownError;
        throw error;
      }
    };
  }

  override get obstacle(): Error | undefined {
    return this.#ended ? new HandlingEndedError(this.self, this.#intent.intent_id) : undefined;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    super[Symbol.dispose]();
  }

  /** Refuses calls after the end; calls begun in time continue. @throws HandlingEndedError */
  #checkInHand(): void {
    const { obstacle } = this;
    if (obstacle !== undefined) throw obstacle;
  }

  /** Returns the intent as received: the handler may have changed its own copy. */
  received(): Intent {
    const { kind, intents } = this.activation.agent;
    return checkAgainstSchemas(kind, intents, decodeIntent(this.#payload));
  }
}
