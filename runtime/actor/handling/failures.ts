/** The errors of an intent, attempt by attempt, in a form for people. */
import { reasonOf } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { LogFields, Logger } from '../../core/logger.ts';
import { stackOf } from '../../core/stack.ts';
import type { QueuedIntent } from '../../mailbox/lane.ts';

/** Keeps a dead letter below `max_payload` whatever agents throw: six bytes a character at worst. */
const keptErrors = 20;
const keptChars = 1_000;
/** Errors that keep their stack trace, the newest: most attempts fail at the same place. */
const keptStacks = 3;
/**
 * Stack traces in memory, of all intents that wait for another attempt: at most 16 MB. When more fail at once, the oldest lose
 * theirs.
 */
const keptInAll = 2_000;

/** The error of one attempt. */
export interface NotedFailure {
  readonly text: string;
  /** Empty: the thrown value has none. */
  readonly stack: string;
}

interface Kept {
  readonly text: string;
  stack: string;
}

export class Failures {
  readonly #failures = new WeakMap<QueuedIntent, readonly Kept[]>();
  /** A ring of the failures that keep their stack trace; weak, so that those of a finished intent go with it. */
  readonly #traced: WeakRef<Kept>[] = [];
  #oldest = 0;
  /** The steps that an error passed through, outermost first. */
  readonly #steps = new WeakMap<object, readonly string[]>();

  /** Keeps the newest errors, each cut to a readable length. */
  note(held: QueuedIntent, thrown: unknown): NotedFailure {
    const failure = { text: this.#textOf(thrown), stack: stackOf(thrown) };
    const kept = { ...failure };
    this.#keep(held, kept);
    if (kept.stack !== '') this.#bound(kept);
    return failure;
  }

  /** Keeps an error that is the fault of the intent: where it was found does not matter. */
  noteRefusal(held: QueuedIntent, thrown: unknown): void {
    this.#keep(held, { text: this.#textOf(thrown), stack: '' });
  }

  /** The messages, the newest last. */
  of(held: QueuedIntent): readonly string[] {
    return this.#all(held).map(({ text }) => text);
  }

  /** The stack traces of the newest errors, the newest last. */
  stacksOf(held: QueuedIntent): readonly string[] {
    const stacks = this.#all(held)
      .slice(-keptStacks)
      .map(({ stack }) => stack);
    return stacks.every((stack) => stack === '') ? [] : stacks;
  }

  /** Records that the error left this step. */
  passed(step: string, thrown: unknown): void {
    if (isObject(thrown)) this.#steps.set(thrown, [step, ...(this.#steps.get(thrown) ?? [])]);
  }

  #all(held: QueuedIntent): readonly Kept[] {
    return this.#failures.get(held) ?? [];
  }

  #keep(held: QueuedIntent, failure: Kept): void {
    const all = [...this.#all(held), failure].slice(-keptErrors);
    for (const older of all.slice(0, -keptStacks)) older.stack = '';
    this.#failures.set(held, all);
  }

  /** Takes the stack trace from the oldest failure that has one, when too many have. */
  #bound(newest: Kept): void {
    const oldest = this.#traced[this.#oldest]?.deref();
    if (oldest !== undefined) oldest.stack = '';
    this.#traced[this.#oldest] = new WeakRef(newest);
    this.#oldest = (this.#oldest + 1) % keptInAll;
  }

  #textOf(thrown: unknown): string {
    const steps = isObject(thrown) ? (this.#steps.get(thrown) ?? []) : [];
    const where = steps.map((name) => `in step "${name}": `).join('');
    return `${where}${reasonOf(thrown)}`.slice(0, keptChars);
  }
}

/** Logs a failed attempt: the last one as an error with its stack trace, earlier ones with the stack trace for `debug` alone. */
export function logFailure(
  log: Logger,
  attempt: LogFields,
  { text, stack }: NotedFailure,
  { isLast }: { readonly isLast: boolean },
): void {
  const fields = { ...attempt, reason: text };
  const traced = stack === '' ? fields : { ...fields, stack };
  if (isLast) return log.error(traced, 'agent failed, and does not try the intent again');
  log.warn(fields, 'agent failed');
  log.debug(traced, 'where the agent failed');
}
