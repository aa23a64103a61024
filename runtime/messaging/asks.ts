/**
 * The questions of this node's agents that have no reply yet. They live in memory: when the asker dies its question is gone, so
 * the reply is ignored.
 */
import { type Clock, fromIso, toIso } from '../core/clock.ts';
import { type Deferred, deferred } from '../core/deferred.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import { InvalidIntentError } from '../core/intent-errors.ts';
import type { IntentSchemas } from '../core/intent-schema.ts';
import type { Json } from '../core/json.ts';
import { checkOptions, namesOf } from '../core/options.ts';
import { NodeStoppingError } from '../mailbox/mailbox-errors.ts';
import type { StoreObstacle } from '../mailbox/send-limits.ts';
import { AskFailedError, AskTimeoutError, CircularWaitError, TooManyAsksError } from './ask-errors.ts';
import { type ReplyContent, readValue } from './reply.ts';
import type { AskOptions } from './speech.ts';

interface Pending {
  /** The only agent that may answer. */
  readonly agent: string;
  readonly answered: Deferred<ReplyContent>;
}

export interface Question {
  readonly intent: Intent;
  readonly agent: string;
  readonly timeoutMs: number;
  /** The schemas of the asked agent, where the asker knows them. */
  readonly schemas: IntentSchemas | undefined;
  /** Aborted when the answer is no longer needed. */
  readonly send: () => Promise<unknown>;
}

const defaultAskMs = 30_000;
const longestAskMs = 3_600_000;
const askNames = namesOf<AskOptions>({ timeoutMs: true });

export class Asks {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #obstacle: StoreObstacle;
  readonly #pending = new Map<string, Pending>();
  #closed = false;

  /** @param most limit of pending questions */
  constructor(clock: Clock, most: number, obstacle: StoreObstacle) {
    this.#clock = clock;
    this.#obstacle = obstacle;
    this.#most = most;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /**
   * Sends a question and waits for its reply. @throws TooManyAsksError, AskTimeoutError, AskFailedError, SchemaViolationError,
   * NodeStoppingError, and what `send` throws
   */
  async ask(question: Question): Promise<Json> {
    const { intent, agent, timeoutMs, schemas, send } = question;
    if (this.#closed) throw new NodeStoppingError();
    if (this.#pending.size >= this.#most) throw new TooManyAsksError(this.#most);
    const answered = deferred<ReplyContent>();
    this.#pending.set(intent.intent_id, { agent, answered });
    const timer = this.#clock.after(timeoutMs, () =>
      answered.reject(new AskTimeoutError(agent, intent.intent_type, timeoutMs, this.#obstacle())),
    );
    try {
      const sending = send();
      await Promise.race([sending, answered.promise]);
      const content = await answered.promise;
      if ('error' in content) throw new AskFailedError(agent, intent.intent_type, content.error);
      const declared = schemas?.[intent.intent_type]?.reply;
      return declared === undefined ? content.value : (readValue(declared, intent.intent_type, content.value) as Json);
    } finally {
      timer.cancel();
      this.#pending.delete(intent.intent_id);
    }
  }

  /** @returns whether a question to that agent was pending */
  answer(from: string, intentId: string, content: ReplyContent): boolean {
    const pending = this.#pending.get(intentId);
    if (pending === undefined || pending.agent !== from) return false;
    pending.answered.resolve(content);
    return true;
  }

  /** Counts pending questions to matching agents. */
  waitingFor(isMeant: (agent: string) => boolean): number {
    return [...this.#pending.values()].filter(({ agent }) => isMeant(agent)).length;
  }

  /** Fails the questions that will not be answered. */
  abandon(isMeant: (agent: string) => boolean): void {
    for (const { agent, answered } of this.#pending.values())
      if (isMeant(agent)) answered.reject(new NodeStoppingError());
  }

  close(): void {
    this.#closed = true;
    for (const { answered } of this.#pending.values()) answered.reject(new NodeStoppingError());
  }
}

/** @throws InvalidOptionError */
export function askTimeout(options: AskOptions): number {
  checkOptions('ask', options, askNames);
  const { timeoutMs = defaultAskMs } = options;
  if (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= longestAskMs) return timeoutMs;
  throw new InvalidOptionError('timeoutMs', `a number of milliseconds above 0, at most ${longestAskMs}`, timeoutMs);
}

/** The intent expires when the agent that asks stops waiting, or earlier. @throws InvalidIntentError */
export function askDeadline(draftDeadline: string | undefined, now: number, timeoutMs: number): string {
  const patience = Math.ceil(now + timeoutMs);
  if (draftDeadline === undefined) return toIso(patience);
  const given = typeof draftDeadline === 'string' ? fromIso(draftDeadline) : undefined;
  if (given === undefined) throw new InvalidIntentError('deadline', 'a date and time in ISO 8601', draftDeadline);
  return toIso(Math.min(given, patience));
}

/**
 * Returns the agents that wait once `from` has asked `to`, outermost first.
 * @param parent the intent that `from` is handling
 * @throws CircularWaitError
 */
export function askPath(from: string, to: string, parent: Intent | undefined): readonly string[] {
  const path = [...(parent?.path ?? []), from];
  if (path.includes(to)) throw new CircularWaitError(path, to);
  return path;
}
