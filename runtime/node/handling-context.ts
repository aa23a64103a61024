/** What an agent is handed with an intent. Its parts may be taken out of it: `const { tell } = ctx`. */
import type { HandlingContext } from '../actor/context.ts';
import type { AbortGroup } from '../core/abort-group.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';

export interface ContextParts {
  readonly tell: HandlingContext['tell'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly aborts: AbortGroup;
}

/** The signal is made for those who ask for it: most handlings do not. */
export function handlingContext({ tell, clock, log, aborts }: ContextParts): HandlingContext {
  let controller: AbortController | undefined;
  return {
    tell,
    now: () => clock.now(),
    log,
    get signal() {
      controller ??= aborts.open();
      return controller.signal;
    },
    [Symbol.dispose]() {
      if (controller !== undefined) aborts.close(controller);
    },
  };
}
