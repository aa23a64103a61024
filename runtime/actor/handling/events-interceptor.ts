/** Interceptor: reports handlings to observers. */
import type { Clock } from '../../core/clock.ts';
import type { Intent } from '../../core/intent.ts';
import type { Pickup } from './attempt.ts';
import type { Handling } from './handling.ts';
import type { Death, Interceptor } from './interceptor.ts';

/** Called synchronously; must not throw. */
export interface HandlingEvents {
  handling(agent: string, intent: Intent, attempt: number): void;
  handled(agent: string, intent: Intent, ms: number): void;
  failed(agent: string, intent: Intent, ms: number): void;
  dead(agent: string, intent: Intent | undefined, reason: string): void;
}

/** Is told how long each handling took. */
export interface DurationListener {
  ended(agent: string, intent: Intent, ms: number): void;
}

export class EventsInterceptor implements Interceptor {
  readonly #events: HandlingEvents;
  readonly #clock: Clock;
  readonly #durations: DurationListener;

  constructor(events: HandlingEvents, clock: Clock, durations: DurationListener) {
    this.#events = events;
    this.#clock = clock;
    this.#durations = durations;
  }

  begin({ activation, attempt }: Handling): void {
    this.#events.handling(activation.id, attempt.intent, attempt.queued.attempts);
  }

  succeeded(handling: Handling): void {
    const { activation, attempt } = handling;
    const ms = this.#msOf(handling);
    this.#events.handled(activation.id, attempt.intent, ms);
    this.#durations.ended(activation.id, attempt.intent, ms);
  }

  failed(handling: Handling): void {
    const { activation, attempt } = handling;
    const ms = this.#msOf(handling);
    this.#events.failed(activation.id, attempt.intent, ms);
    this.#durations.ended(activation.id, attempt.intent, ms);
  }

  abandoned(handling: Handling): void {
    this.failed(handling);
  }

  deadLettered({ lane }: Pickup, { intent, reason }: Death): void {
    this.#events.dead(lane.receiver, intent, reason);
  }

  #msOf({ context }: Handling): number {
    return this.#clock.monotonic() - context.begunAt;
  }
}
