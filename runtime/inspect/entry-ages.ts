/** The ages of entries as a command or a console measures them: the first question needs the store's time. */
import type { Clock } from '../core/clock.ts';
import type { EntryAges } from '../core/expiry.ts';
import { StoreClock } from '../core/store-clock.ts';
import type { Pools } from '../transport/index.ts';

/** While the store does not say its time, nothing has expired. */
export function entryAges({ pools }: { readonly pools: Pick<Pools, 'usage'> }, clock: Clock): EntryAges {
  const storeClock = new StoreClock(clock);
  return {
    ageOf: (storedAt) => storeClock.ageOf(storedAt),
    learn: async (pool) => {
      if (storeClock.isKnown) return;
      const askedAt = clock.monotonic();
      const time = await pools.usage(pool).then(
        (usage) => usage.time,
        () => Number.NaN,
      );
      storeClock.observe(askedAt, clock.monotonic(), time);
    },
  };
}
