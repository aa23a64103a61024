/** What happens to an intent, as it is told to whoever watches. */
import { reasonOf } from '../core/errors.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';

export interface ActivationEvents {
  handling(intent: Intent, attempt: number): void;
  handled(intent: Intent): void;
  dead(intent: Intent | undefined, reason: string): void;
}

/** The same, for a listener that throws although it must not: that is reported, and what it was told of goes on. */
export function guardedEvents(events: ActivationEvents, log: Logger): ActivationEvents {
  const report = (event: string, error: unknown): void => {
    log.error({ event, reason: reasonOf(error) }, 'an observer threw');
  };
  return {
    handling(intent, attempt) {
      try {
        events.handling(intent, attempt);
      } catch (error) {
        report('handling', error);
      }
    },
    handled(intent) {
      try {
        events.handled(intent);
      } catch (error) {
        report('handled', error);
      }
    },
    dead(intent, reason) {
      try {
        events.dead(intent, reason);
      } catch (error) {
        report('dead', error);
      }
    },
  };
}
