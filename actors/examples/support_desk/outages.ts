/** Counts the customers who report trouble with a service: their agents agree on the number in shared memory. */
import type { SharedMemory } from '../../../runtime/memory/index.ts';

/** So many customers within an hour are an outage. */
export const outageFrom = 3;
const windowMs = 3_600_000;

/** A type, not an interface: it is JSON too. */
type Report = {
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export interface Trouble {
  /** How many customers have reported it within the last hour. */
  readonly customers: number;
  /** True for the one ticket that makes it an outage, also when it is handled again. */
  readonly declares: boolean;
}

export async function reportTrouble(
  shared: Pick<SharedMemory, 'read' | 'writeIfVersion'>,
  service: string,
  customer: string,
  report: Report,
): Promise<Trouble> {
  const key = `trouble/${service}`;
  for (;;) {
    const found = await shared.read(key);
    const all = Object.entries((found?.value ?? {}) as Readonly<Record<string, Report>>);
    const recent = all.filter(([, { at }]) => at > report.at - windowMs);
    const place = recent.findIndex(([name]) => name === customer);
    if (place >= 0) {
      const declares = place + 1 === outageFrom && recent[place]?.[1].ticket === report.ticket;
      return { customers: recent.length, declares };
    }
    const customers = recent.length + 1;
    // more reports than an outage needs are not kept
    if (customers > outageFrom) return { customers, declares: false };
    const next = Object.fromEntries([...recent, [customer, report]]);
    // undefined: another agent has reported meanwhile
    const version = await shared.writeIfVersion(key, next, found?.version ?? 0);
    if (version !== undefined) return { customers, declares: customers === outageFrom };
  }
}
