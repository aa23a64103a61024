/**
 * The interface around a handler: tracing, events, supervision, replies. Interceptors are called at each stage of a handling;
 * the pipeline depends on none of them.
 */
import type { Intent } from '../../core/intent.ts';
import type { Pickup } from './attempt.ts';
import type { Handling } from './handling.ts';

/** Why an intent is dead-lettered. */
export interface Death {
  /** `undefined`: the message is not an intent. */
  readonly intent: Intent | undefined;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  /** The message of the last error. */
  readonly message: string;
  readonly retryable: boolean;
}

/** Called synchronously; must not throw. After `begin`, exactly one of the next three is called. */
export interface Interceptor {
  begin?(handling: Handling): void;
  succeeded?(handling: Handling): void;
  failed?(handling: Handling, error: unknown): void;
  /** The partition was lost meanwhile: the next owner handles the intent. */
  abandoned?(handling: Handling, lost: Error): void;
  /** Called when the dead letter is stored. */
  deadLettered?(pickup: Pickup, death: Death): void;
}

/**
 * Composes interceptors: begins in the given order, ends in reverse. Hot path: loops, because a closure per call costs more
 * than the call.
 */
export function compose(interceptors: readonly Interceptor[]): Required<Interceptor> {
  const inwards = [...interceptors];
  const outwards = inwards.toReversed();
  return {
    begin(handling) {
      for (const one of inwards) one.begin?.(handling);
    },
    succeeded(handling) {
      for (const one of outwards) one.succeeded?.(handling);
    },
    failed(handling, error) {
      for (const one of outwards) one.failed?.(handling, error);
    },
    abandoned(handling, lost) {
      for (const one of outwards) one.abandoned?.(handling, lost);
    },
    deadLettered(pickup, death) {
      for (const one of outwards) one.deadLettered?.(pickup, death);
    },
  };
}
