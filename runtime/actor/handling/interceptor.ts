/**
 * What happens around a handler: tracing, events, supervision, replies. Each is told where the handling stands; the pipeline
 * knows none of them.
 */
import type { Intent } from '../../core/intent.ts';
import type { Pickup } from './attempt.ts';
import type { Handling } from './handling.ts';

/** Why an intent is dead-lettered. */
export interface Death {
  /** `undefined`: the message is none. */
  readonly intent: Intent | undefined;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  /** Of the last error. */
  readonly message: string;
  readonly retryable: boolean;
}

/** Called synchronously; must not throw. After `begin` exactly one of the next three is called. */
export interface Interceptor {
  begin?(handling: Handling): void;
  succeeded?(handling: Handling): void;
  failed?(handling: Handling, error: unknown): void;
  /** The partition was lost meanwhile: the next owner handles the intent. */
  abandoned?(handling: Handling, lost: Error): void;
  /** The store has the dead letter. */
  deadLettered?(pickup: Pickup, death: Death): void;
}

/** Begins in the order given, ends in the reverse order. Hot path: loops, because a closure for each call costs more than the call. */
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
