/** The errors of an intent, attempt by attempt, in a form for people. */
import { reasonOf } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { QueuedIntent } from '../../mailbox/lane.ts';

/** Keeps a dead letter below `max_payload` whatever agents throw: six bytes a character at worst. */
const keptErrors = 20;
const keptChars = 1_000;

export class Failures {
  readonly #texts = new WeakMap<QueuedIntent, readonly string[]>();
  /** The steps that an error passed through, outermost first. */
  readonly #steps = new WeakMap<object, readonly string[]>();

  /** Keeps the newest errors, each cut to a readable length. @returns the text of this one */
  note(held: QueuedIntent, thrown: unknown): string {
    const steps = isObject(thrown) ? (this.#steps.get(thrown) ?? []) : [];
    const where = steps.map((name) => `in step "${name}": `).join('');
    const text = `${where}${reasonOf(thrown)}`.slice(0, keptChars);
    this.#texts.set(held, [...this.of(held), text].slice(-keptErrors));
    return text;
  }

  of(held: QueuedIntent): readonly string[] {
    return this.#texts.get(held) ?? [];
  }

  /** Records that the error left this step. */
  passed(step: string, thrown: unknown): void {
    if (isObject(thrown)) this.#steps.set(thrown, [step, ...(this.#steps.get(thrown) ?? [])]);
  }
}
