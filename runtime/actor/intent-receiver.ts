/**
 * Handles what arrives in mailboxes: reads the intent, checks it as a stranger's, calls the agent, and decides what becomes of
 * a failure.
 *
 * handing ──done──▶ done
 *    ├ refused for what it is, expired, or the last attempt failed ──▶ dead letter ──▶ done
 *    ├ failed ──▶ the agent is restarted; again, after a pause that doubles
 *    └ the node stops, or loses the partition ──▶ left for whoever serves it next
 */

import type { Clock } from '../core/clock.ts';
import { checkDeadline, withLocalDeadline } from '../core/deadline.ts';
import { isRetryable, ParleyError, reasonOf } from '../core/errors.ts';
import { checkKind } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import {
  ControlLaneError,
  MissingKeyError,
  ReceiverMismatchError,
  SenderMismatchError,
} from '../core/intent-errors.ts';
import { checkAgainstSchemas, type RetryRule } from '../core/intent-schema.ts';
import type { Logger } from '../core/logger.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../core/subjects.ts';
import type { Tracing } from '../core/tracing.ts';
import type { Held, Lane } from '../mailbox/lane.ts';
import type { Lease } from '../mailbox/lease.ts';
import type { Receiver, Verdict } from '../mailbox/receiver.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { Activation } from './activation.ts';
import type { Activations } from './activations.ts';
import type { CompiledAgent } from './compiled-agent.ts';
import type { AgentContext } from './context.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type Failures, isFinal } from './failures.ts';
import { isAsked, type ReplyFault } from './reply.ts';
import { isThenable, StrayScope } from './stray-errors.ts';
import type { FailureCause } from './supervision.ts';

/** Told synchronously; must not throw. */
export interface HandlingEvents {
  handling(agent: string, intent: Intent, attempt: number): void;
  handled(agent: string, intent: Intent, ms: number): void;
  failed(agent: string, intent: Intent, ms: number): void;
  dead(agent: string, intent: Intent | undefined, reason: string): void;
}

/** A context as the runtime holds it: disposed of when the intent has been handled. */
export interface HandlingContext extends AgentContext, Disposable {
  readonly replied: boolean;
}

export interface IntentReceiverParts {
  readonly agents: ReadonlyMap<string, CompiledAgent>;
  readonly activations: Activations;
  readonly contextFor: (life: Activation, intent: Intent, held: Held) => HandlingContext;
  readonly deadLetters: DeadLetters;
  readonly failures: Failures;
  /** Tells whoever asked that there will be no reply. */
  readonly refuse: (from: string, intent: Intent, fault: ReplyFault) => void;
  /** @returns whether somebody waited for it */
  readonly answer: (reply: Intent) => boolean;
  readonly intake: (kind: string) => BucketRule | undefined;
  readonly retry: RetryRule;
  readonly clock: Clock;
  /** How long ago that was by the store's clock, milliseconds. */
  readonly ageOf: (storedAt: number) => number;
  readonly log: Logger;
  readonly events: HandlingEvents;
  readonly tracing: Tracing;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

type HeldPlace = Pick<Handing, 'lane' | 'held' | 'lease'>;

/** One handing over. */
interface Handing {
  readonly agent: CompiledAgent;
  readonly lane: Lane;
  readonly held: Held;
  readonly lease: Lease;
  readonly intent: Intent;
}

/** A pool's node without code for a kind, in the middle of a deploy, holds its intents. */
const holdMs = 5_000;
const stopping: Verdict = Object.freeze({ kind: 'again', afterMs: 100 });
/** A paused lane asks again, until its agent is resumed. */
const paused: Verdict = Object.freeze({ kind: 'again', afterMs: holdMs });
const handled: Verdict = Object.freeze({ kind: 'done', outcome: 'handled' });
const dead: Verdict = Object.freeze({ kind: 'done', outcome: 'dead' });
/** A message that is no intent is in the dead letters alone. */
const buried: Verdict = Object.freeze({ kind: 'done' });

export class IntentReceiver implements Receiver {
  readonly #parts: IntentReceiverParts;
  readonly #held = new Set<string>();

  constructor(parts: IntentReceiverParts) {
    this.#parts = parts;
  }

  handle(lane: Lane, held: Held, lease: Lease): Verdict | Promise<Verdict> {
    const agent = this.#parts.agents.get(lane.at.to.kind);
    if (agent === undefined) return this.#withoutCode(lane, held, lease);
    if (this.#parts.activations.isLanePaused(lane.subject)) return paused;
    let intent: Intent | undefined;
    try {
      intent = decodeIntent(held.payload);
      intent = this.#check(agent, lane, held, intent);
    } catch (error) {
      this.#parts.failures.note(held, error);
      return this.#bury({ lane, held, lease }, intent, error);
    }
    return this.#enter({ agent, lane, held, lease, intent });
  }

  /** Replies do not wait for their agent to be free: it is waiting for them. */
  reply(subject: string, payload: Uint8Array): void {
    const { answer, log } = this.#parts;
    try {
      const at = parseMailboxSubject(subject);
      const reply = decodeIntent(payload);
      if (at === undefined) return;
      checkPlace(senderOf(at), receiverOf(at), reply);
      if (!answer(reply)) log.debug({ subject, intent: reply.in_reply_to }, 'a reply that nobody waits for');
    } catch (error) {
      log.warn({ subject, reason: reasonOf(error) }, 'what is no reply is let go');
    }
  }

  /** By kind: the rest of the id is what a stranger wrote into a subject, and may be no id at all. */
  intake(agent: string): BucketRule | undefined {
    const slash = agent.indexOf('/');
    const kind = slash === -1 ? agent : agent.slice(0, slash);
    return this.#parts.agents.has(kind) ? this.#parts.intake(kind) : undefined;
  }

  cost(): number {
    return 1;
  }

  #check(agent: CompiledAgent, lane: Lane, held: Held, intent: Intent): Intent {
    if (lane.at.lane === 'c') throw new ControlLaneError(lane.subject);
    checkPlace(lane.sender, lane.receiver, intent);
    if (agent.keyed && lane.at.to.key === undefined) throw new MissingKeyError(agent.kind);
    return checkAgainstSchemas(agent.kind, agent.intents, this.#inTime(intent, held.storedAt));
  }

  #inTime(intent: Intent, storedAt: number): Intent {
    if (intent.deadline === undefined) return intent;
    const { ageOf, clock } = this.#parts;
    const ageMs = ageOf(storedAt);
    checkDeadline(intent, ageMs);
    return withLocalDeadline(intent, ageMs, clock.now());
  }

  #enter(handing: Handing): Verdict | Promise<Verdict> {
    const { activations } = this.#parts;
    const { agent, lane, lease } = handing;
    try {
      const life = activations.enter(lane.receiver, agent, lease);
      if (!(life instanceof Promise)) return this.#call(handing, life);
      return life.then(
        (begun) => this.#callLater(handing, begun),
        (error) => this.#notBegun(handing, error),
      );
    } catch (error) {
      return this.#notBegun(handing, error);
    }
  }

  #notBegun(handing: Handing, error: unknown): Verdict | Promise<Verdict> {
    const { activations } = this.#parts;
    const { agent, lane } = handing;
    if (activations.stopped) return stopping;
    return this.#failed(handing, error, () => {
      activations.failedToBegin(lane.receiver, agent, handing.lease, causeOf(handing));
    });
  }

  /** It had to wait: by now its contact may be too old, or the partition another's. */
  async #callLater(handing: Handing, life: Activation): Promise<Verdict> {
    const { lease } = handing;
    if (!lease.isFresh) await lease.whenFresh().catch(() => undefined);
    if (lease.lost === undefined) return this.#call(handing, life);
    this.#parts.activations.leave(life);
    return stopping;
  }

  #call(handing: Handing, life: Activation): Verdict | Promise<Verdict> {
    const { events, activations, clock, tracing } = this.#parts;
    const { agent, lane, held, lease, intent } = handing;
    events.handling(life.id, intent, held.attempts);
    const startedAt = clock.monotonic();
    life.progress = intent.intent_type;
    const context = this.#parts.contextFor(life, intent, held);
    const traced = tracing.handle(intent, life.id, held.attempts, held.headers);
    /** It is no fault of the agent's, and goes on at the next owner. */
    const abandoned = (lost: Error): Verdict => {
      context[Symbol.dispose]();
      activations.leave(life);
      traced.end(lost);
      events.failed(life.id, intent, clock.monotonic() - startedAt);
      return stopping;
    };
    const succeeded = (): Verdict => {
      if (lease.lost !== undefined) return abandoned(lease.lost);
      context[Symbol.dispose]();
      activations.succeeded(life);
      if (lane.hasTickets) held.ticketed = intent.intent_id;
      traced.end();
      if (!context.replied && isAsked(intent)) this.#refuseWhenFresh(life, intent);
      events.handled(life.id, intent, clock.monotonic() - startedAt);
      return handled;
    };
    const failed = (error: unknown): Verdict | Promise<Verdict> => {
      if (lease.lost !== undefined) return abandoned(lease.lost);
      context[Symbol.dispose]();
      traced.end(error);
      events.failed(life.id, intent, clock.monotonic() - startedAt);
      if (isFinal(error)) return this.#failed(handing, error, () => activations.leave(life));
      return this.#failed(handing, error, () => activations.failed(life, causeOf(handing)));
    };
    const scope = new StrayScope(life.id, (error, isLate) =>
      activations.strayed(life, error, isLate, causeOf(handing)),
    );
    try {
      const result = scope.run(() => traced.run(() => agent.receive(intent, context)));
      return isThenable(result) ? scope.settle(result, succeeded, failed) : succeeded();
    } catch (error) {
      return failed(error);
    }
  }

  #refuseWhenFresh(life: Activation, intent: Intent): void {
    const { refuse, log } = this.#parts;
    if (life.lease.isFresh) return refuse(life.id, intent, noReply);
    life.lease.whenFresh().then(
      () => refuse(life.id, intent, noReply),
      (lost: unknown) => log.debug({ agent: life.id, reason: reasonOf(lost) }, "its reply is the next owner's"),
    );
  }

  /** @param end what becomes of the agent's life */
  #failed({ agent, lane, held, lease, intent }: Handing, error: unknown, end: () => void): Verdict | Promise<Verdict> {
    const { log, signal, failures, retry, activations } = this.#parts;
    if (lease.lost !== undefined) return stopping;
    const reason = failures.note(held, error);
    log.warn({ agent: lane.receiver, intent: intent.intent_id, attempt: held.attempts, reason }, 'agent failed');
    end();
    if (signal.aborted || activations.stopped) return stopping;
    const { attempts, firstMs, longestMs } = { ...retry, ...agent.retry.get(intent.intent_type) };
    if (isFinal(error) || held.attempts >= attempts) return this.#bury({ lane, held, lease }, intent, error);
    return { kind: 'again', afterMs: Math.min(longestMs, firstMs * 2 ** (held.attempts - 1)) };
  }

  async #bury({ lane, held, lease }: HeldPlace, intent: Intent | undefined, error: unknown): Promise<Verdict> {
    const { failures, deadLetters, activations, events } = this.#parts;
    const reason = error instanceof ParleyError ? error.code : 'failed';
    const errors = failures.of(held);
    if (!(await deadLetters.bury(lane, held, lease, { intentId: intent?.intent_id, reason, errors }))) return stopping;
    activations.buried(lane.receiver, causeOf({ lane, held }).id);
    if (intent !== undefined && isAsked(intent)) {
      const fault = { code: reason, message: errors.at(-1) ?? reason, retryable: isRetryable(error) };
      this.#parts.refuse(lane.receiver, intent, fault);
    }
    events.dead(lane.receiver, intent, reason);
    return intent === undefined ? buried : dead;
  }

  /** Held until a node has the code, unless no node ever can: anybody may write anything into a subject. */
  #withoutCode(lane: Lane, held: Held, lease: Lease): Verdict | Promise<Verdict> {
    try {
      return this.#hold(checkKind(lane.at.to.kind));
    } catch (error) {
      this.#parts.failures.note(held, error);
      return this.#bury({ lane, held, lease }, undefined, error);
    }
  }

  #hold(kind: string): Verdict {
    if (!this.#held.has(kind)) {
      this.#held.add(kind);
      this.#parts.log.warn({ kind }, 'this node has no code for a kind of its pool: its intents are held');
    }
    return { kind: 'again', afterMs: holdMs };
  }
}

/** What the subject says is what the body must say; a broadcast names no receiver. */
function checkPlace(from: string, to: string, intent: Intent): void {
  if (intent.from_agent !== from) throw new SenderMismatchError(from, intent.from_agent);
  if (intent.to_agent !== null && intent.to_agent !== to) throw new ReceiverMismatchError(to, intent.to_agent);
}

const noReply: ReplyFault = Object.freeze({ code: 'PARLEY_NO_REPLY', message: 'it was handled without a reply' });

const causeOf = ({ lane, held }: Pick<Handing, 'lane' | 'held'>): FailureCause => ({
  id: `${lane.subject} ${held.seq}`,
  origin: lane.subject,
});
