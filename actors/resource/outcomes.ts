/** Checks later whether an act had its expected outcome. */
import type { JsonObject } from '../../runtime/core/json.ts';
import type { ServiceReading } from '../cloud/cloud.ts';

/** An act with an open outcome. */
export interface OpenOutcome {
  readonly traceId: string;
  readonly episodeId: string | undefined;
  readonly action: string;
  readonly expected: JsonObject;
  readonly before: ServiceReading;
  /** The first tick at which it can be judged. */
  readonly dueTick: number;
}

export interface Outcome {
  readonly actual: JsonObject;
  readonly success: boolean;
  /** One sentence. */
  readonly text: string;
}

/** An instance boots in one tick, and a single reading is not enough. */
export const judgedAfterTicks: number = 3;
/** Either way: a service at 17 % that was expected at 72 % is bought too large. */
const utilizationTolerance = 0.25;

/**
 * Judges an act by what it can change itself: a limiter by the load that arrives, a change of size by the utilisation.
 * @param others acts on the same service since then: what came may be their doing
 */
export function judge(open: OpenOutcome, now: ServiceReading, others: readonly string[]): Outcome {
  const actual = {
    ...seenOf(open, now),
    violated: now.violated,
    ...(others.length === 0 ? {} : { meanwhile: [...others] }),
  };
  const faults = Object.entries(open.expected).flatMap(([name, wanted]) => faultOf(name, wanted, actual) ?? []);
  const also = others.length === 0 ? '' : `; meanwhile ${others.join(', ')}`;
  const success = faults.length === 0;
  return { actual, success, text: `${success ? 'as expected' : `other than expected: ${faults.join(', ')}`}${also}` };
}

function seenOf({ action, before }: OpenOutcome, now: ServiceReading): JsonObject {
  switch (action) {
    case 'limit_rate':
      return { load_before: Math.round(before.load), load: Math.round(now.load), load_falls: now.load < before.load };
    case 'reserve_instances':
      return { reserved: now.reserved, cost_per_hour: round(now.cost * 12) };
    default:
      return { instances: now.instances, utilization: round(now.utilization), cost_per_hour: round(now.cost * 12) };
  }
}

function faultOf(name: string, wanted: unknown, actual: JsonObject): string | undefined {
  const found = actual[name];
  if (name === 'utilization' && typeof wanted === 'number' && typeof found === 'number') {
    if (Math.abs(found - wanted) <= utilizationTolerance) return undefined;
    return `utilization ${percent(found)} instead of ${percent(wanted)}`;
  }
  return found === undefined || found === wanted ? undefined : `${name} ${String(found)}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
