/**
 * Handles what arrives in mailboxes: reads the intent, checks it as a stranger's, calls the agent's function, and decides what
 * becomes of a failure.
 *
 * handing ──done──▶ done
 *    ├ refused for what it is, expired, or the last attempt failed ──▶ dead letter ──▶ done
 *    ├ failed ──▶ again, after a pause that doubles
 *    └ failed while the node stops ──▶ left for whoever serves the pool next
 */

import { type Clock, sleep, toIso } from '../core/clock.ts';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { checkKind } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import { checkDeadline, decodeIntent } from '../core/intent-codec.ts';
import { ReceiverMismatchError, SenderMismatchError } from '../core/intent-errors.ts';
import { checkAgainstSchemas } from '../core/intent-schema.ts';
import { isObject } from '../core/json.ts';
import type { Logger } from '../core/logger.ts';
import type { Held, Lane } from '../mailbox/lane.ts';
import type { Receiver, Verdict } from '../mailbox/receiver.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import type { AgentDefinition } from './agent.ts';
import type { HandlingContext } from './context.ts';

/** An intent that will not be handled, with every reason. */
export interface DeadRecord {
  readonly v: 1;
  readonly pool: string;
  readonly partition: number;
  readonly seq: number;
  readonly subject: string;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  readonly attempts: number;
  readonly errors: readonly string[];
  readonly died_at: string;
  /** The message as it was, Base64: it may be no intent at all. */
  readonly payload: string;
  /** Only the beginning of the message is kept. */
  readonly truncated: boolean;
}

/** Told synchronously; must not throw. */
export interface ActivationEvents {
  handling(intent: Intent, attempt: number): void;
  handled(intent: Intent): void;
  dead(intent: Intent | undefined, reason: string): void;
}

export interface ActivationParts {
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly contextFor: (agent: string, parent: Intent) => HandlingContext;
  /** Resolves when the store has it. */
  readonly bury: (record: DeadRecord) => Promise<void>;
  readonly intake: (kind: string) => BucketRule | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: ActivationEvents;
  readonly attempts: number;
  /** Aborted when the node stops. */
  readonly signal: AbortSignal;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
const buryPauseMs = 1_000;
/** Two thirds of the server's `max_payload` once it is Base64. */
const keptBytes = 512 * 1024;
/** So that the record stays below `max_payload` whatever agents throw: six bytes a character at worst. */
const keptErrors = 20;
const keptErrorChars = 1_000;
/** A pool's node without code for a kind, in the middle of a deploy, holds its intents. */
const holdMs = 5_000;
const done: Verdict = Object.freeze({ kind: 'done' });

/** Also promises that are not Node's own. */
const isThenable = (value: unknown): value is PromiseLike<void> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Anything can be thrown, also what has no text. */
function textOf(thrown: unknown): string {
  try {
    return String(reasonOf(thrown));
  } catch {
    return 'something without a text was thrown';
  }
}

/** Whoever throws says that trying again is of no use: `{ retryable: false }`, on an error of any class. */
const isFinal = (error: unknown): boolean => isObject(error) && error.retryable === false;

export class Activation implements Receiver {
  readonly #parts: ActivationParts;
  readonly #errors = new WeakMap<Held, string[]>();
  readonly #held = new Set<string>();

  constructor(parts: ActivationParts) {
    this.#parts = parts;
  }

  handle(lane: Lane, held: Held): Verdict | Promise<Verdict> {
    const agent = this.#parts.agents.get(lane.at.to.kind);
    if (agent === undefined) return this.#withoutCode(lane, held);
    let intent: Intent | undefined;
    try {
      intent = decodeIntent(held.payload);
      this.#check(agent, lane, intent);
    } catch (error) {
      this.#note(held, error);
      return this.#bury(lane, held, intent, error);
    }
    return this.#call(agent, lane, held, intent);
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

  #check(agent: AgentDefinition, lane: Lane, intent: Intent): void {
    const { sender: from, receiver: to } = lane;
    if (intent.from_agent !== from) throw new SenderMismatchError(from, intent.from_agent);
    if (intent.to_agent !== to) throw new ReceiverMismatchError(to, String(intent.to_agent));
    checkDeadline(intent, this.#parts.clock.now());
    checkAgainstSchemas(agent.kind, agent.intents, intent);
  }

  #call(agent: AgentDefinition, lane: Lane, held: Held, intent: Intent): Verdict | Promise<Verdict> {
    const { events } = this.#parts;
    const id = lane.receiver;
    events.handling(intent, held.attempts);
    const context = this.#parts.contextFor(id, intent);
    const succeeded = (): Verdict => {
      context[Symbol.dispose]();
      events.handled(intent);
      return done;
    };
    const failed = (error: unknown): Verdict | Promise<Verdict> => {
      context[Symbol.dispose]();
      return this.#failed(lane, held, intent, error);
    };
    try {
      const result = agent.receive(intent, context);
      return isThenable(result) ? Promise.resolve(result).then(succeeded, failed) : succeeded();
    } catch (error) {
      return failed(error);
    }
  }

  #failed(lane: Lane, held: Held, intent: Intent, error: unknown): Verdict | Promise<Verdict> {
    const { log, attempts, signal } = this.#parts;
    const reason = this.#note(held, error);
    const agent = lane.receiver;
    log.warn({ agent, intent: intent.intent_id, attempt: held.attempts, reason }, 'agent failed');
    if (signal.aborted) return { kind: 'again', afterMs: firstPauseMs };
    if (isFinal(error) || held.attempts >= attempts) return this.#bury(lane, held, intent, error);
    return { kind: 'again', afterMs: Math.min(longestPauseMs, firstPauseMs * 2 ** (held.attempts - 1)) };
  }

  async #bury(lane: Lane, held: Held, intent: Intent | undefined, error: unknown): Promise<Verdict> {
    const reason = error instanceof ParleyError ? error.code : 'failed';
    const record: DeadRecord = {
      v: 1,
      pool: lane.at.pool,
      partition: lane.at.partition,
      seq: held.seq,
      subject: lane.subject,
      reason,
      attempts: held.attempts,
      errors: this.#errors.get(held) ?? [],
      died_at: toIso(this.#parts.clock.now()),
      payload: Buffer.from(held.payload.subarray(0, keptBytes)).toString('base64'),
      truncated: held.payload.length > keptBytes,
    };
    const { clock, log, signal } = this.#parts;
    while (!(await this.#isBuried(record))) {
      await sleep(clock, buryPauseMs, signal).catch(() => undefined);
      if (signal.aborted) return { kind: 'again', afterMs: buryPauseMs };
    }
    log.warn({ subject: lane.subject, seq: held.seq, reason: record.errors.at(-1) }, 'dead letter');
    this.#parts.events.dead(intent, reason);
    return done;
  }

  async #isBuried(record: DeadRecord): Promise<boolean> {
    try {
      await this.#parts.bury(record);
      return true;
    } catch (error) {
      this.#parts.log.error({ subject: record.subject, reason: reasonOf(error) }, 'dead letter not stored yet');
      return false;
    }
  }

  /** Keeps the newest errors, each as far as a person would read. @returns this one's text */
  #note(held: Held, error: unknown): string {
    const text = textOf(error).slice(0, keptErrorChars);
    this.#errors.set(held, [...(this.#errors.get(held) ?? []), text].slice(-keptErrors));
    return text;
  }

  /** Held until a node has the code, unless no node ever can: anybody may write anything into a subject. */
  #withoutCode(lane: Lane, held: Held): Verdict | Promise<Verdict> {
    try {
      return this.#hold(checkKind(lane.at.to.kind));
    } catch (error) {
      this.#note(held, error);
      return this.#bury(lane, held, undefined, error);
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
