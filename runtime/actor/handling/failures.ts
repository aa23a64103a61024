/** What went wrong with an intent, attempt by attempt, as a person would read it. */
import { reasonOf } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import type { QueuedIntent } from '../../mailbox/lane.ts';

/** So that a dead letter stays below `max_payload` whatever agents throw: six bytes a character at worst. */
const keptErrors = 20;
const keptChars = 1_000;

export class Failures {
  readonly #texts = new WeakMap<QueuedIntent, readonly string[]>();
  /** The steps that an error went through, outermost first. */
  readonly #steps = new WeakMap<object, readonly string[]>();

  /** Keeps the newest, each as far as a person would read. @returns this one's text */
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

  /** The error came out of this step. */
  passed(step: string, thrown: unknown): void {
    if (isObject(thrown)) this.#steps.set(thrown, [step, ...(this.#steps.get(thrown) ?? [])]);
  }
}
