/** Notices a statement that takes too long. PGlite cannot cancel one: only its whole thread can be ended. */
import type { Clock, Timer } from '../core/clock.ts';

export interface Watched {
  readonly clock: Clock;
  /** Odd while a question is being answered, another number for each. */
  readonly progress: () => number;
  readonly limitMs: number;
  /** The same question has been answered for longer than the limit. */
  readonly onStuck: () => void;
}

/** Looks a few times within the limit; a question may take a quarter longer before it is noticed. */
const looks = 4;

export function watchProgress({ clock, progress, limitMs, onStuck }: Watched): Timer {
  let [seen, since] = [progress(), clock.monotonic()];
  const look = (): void => {
    const now = progress();
    if (now % 2 === 0 || now !== seen) [seen, since] = [now, clock.monotonic()];
    else if (clock.monotonic() - since >= limitMs) return onStuck();
    timer = clock.after(limitMs / looks, look);
  };
  let timer = clock.after(limitMs / looks, look);
  return { cancel: () => timer.cancel() };
}
