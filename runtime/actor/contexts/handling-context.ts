/** The context of a handler: for the intent in hand, until the handling ends. */
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
import { whenOwned } from './sending.ts';

export class HandlerContext extends HookContext implements HandlingContext, OwnedContext, Actor {
  readonly attempt: number;
  readonly #intent: Intent;
  readonly #payload: Uint8Array;
  #replied = false;
  #ended = false;
  #acts: ActSeries | undefined;

  /** @param queued the intent as the mailbox hands it out */
  constructor(ports: ContextPorts, activation: Activation, intent: Intent, { attempts, payload }: QueuedIntent) {
    super(ports, activation, intent);
    this.#intent = intent;
    this.#payload = payload;
    this.attempt = attempts;
  }

  get replied(): boolean {
    return this.#replied;
  }

  /** Those of this attempt, in their order. */
  get acts(): ActSeries {
    this.#acts ??= new ActSeries();
    return this.#acts;
  }

  get act(): HandlingContext['act'] {
    return actAs(this.ports, this);
  }

  get keepCause(): HandlingContext['keepCause'] {
    return async () => {
      this.#checkInHand();
      return this.ports.acting.keepCause(this.self, this.received());
    };
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
        // JSON has nothing else for a reply without a value
        const said = value === undefined ? null : value;
        await whenOwned(this.lease, () => this.ports.messaging.reply(this.self, this.#intent, said));
      } catch (error) {
        // what may have been sent must not be followed by another
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

  /** What was begun in time goes on. @throws HandlingEndedError */
  #checkInHand(): void {
    if (this.obstacle !== undefined) throw this.obstacle;
  }

  /** The intent as it came: its handler may have changed the one that it was handed. */
  received(): Intent {
    const { kind, intents } = this.activation.agent;
    return checkAgainstSchemas(kind, intents, decodeIntent(this.#payload));
  }
}
