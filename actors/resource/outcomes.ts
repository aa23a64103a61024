/** Checks later whether an act had its expected outcome. */
import type { JsonObject } from '../../runtime/core/json.ts';
import { isObject } from '../../runtime/core/json.ts';
import type { ServiceReading } from '../cloud/cloud.ts';

/** An act with an open outcome. */
export interface OpenOutcome {
  readonly traceId: string;
  readonly episodeId: string | undefined;
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
const utilizationTolerance = 0.25;

export function judge({ expected, before }: OpenOutcome, now: ServiceReading): Outcome {
  const actual = {
    utilization: round(now.utilization),
    violated: now.violated,
    load_falls: now.load < before.load,
    reserved: now.reserved,
    instances: now.instances,
    cost_per_hour: round(now.cost * 12),
  };
  const failed = Object.entries(isObject(expected) ? expected : {}).filter(
    ([name, value]) => !meets(name, value, actual),
  );
  const success = failed.length === 0;
  const text = success ? 'as expected' : `other than expected: ${failed.map(([name]) => name).join(', ')}`;
  return { actual, success, text };
}

function meets(name: string, wanted: unknown, actual: JsonObject): boolean {
  const found = actual[name];
  if (name === 'utilization' && typeof wanted === 'number' && typeof found === 'number') {
    return found <= wanted + utilizationTolerance;
  }
  return found === undefined || found === wanted;
}

const round = (value: number): number => Math.round(value * 100) / 100;
