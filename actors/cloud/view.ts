/** An agent's view of a service: its last readings. All scenarios use the same view. */
import { catalogue, type ServiceSpec } from './catalogue.ts';
import type { ServiceReading } from './cloud.ts';

export interface ServiceView {
  readonly spec: ServiceSpec;
  /** Oldest first, one day at most; never empty. */
  readonly readings: readonly ServiceReading[];
  readonly now: ServiceReading;
  /** Readings since the number of instances last changed, including the present one. */
  readonly settledFor: number;
  /** Changes of direction of the number of instances within the readings. */
  readonly flips: number;
}

const keptReadings = 288;
const specs: ReadonlyMap<string, ServiceSpec> = new Map(catalogue.map((spec) => [spec.service, spec]));

/** Collects readings into one view for each service. */
export class Views {
  readonly #readings = new Map<string, ServiceReading[]>();

  add(reading: ServiceReading): ServiceView {
    const readings = this.#readings.get(reading.service) ?? [];
    // ignores an observation that is delivered again
    if (reading.tick > (readings.at(-1)?.tick ?? -1)) readings.push(reading);
    if (readings.length > keptReadings) readings.shift();
    this.#readings.set(reading.service, readings);
    return viewOf(readings);
  }

  /** Returns the view of a service. @throws RangeError when it has no readings */
  of(service: string): ServiceView {
    return viewOf(this.#readings.get(service) ?? []);
  }
}

/** Builds a view. @param readings of one service, oldest first. @throws RangeError when empty, or the service is unknown */
export function viewOf(readings: readonly ServiceReading[]): ServiceView {
  const now = readings.at(-1);
  const spec = now && specs.get(now.service);
  if (now === undefined || spec === undefined)
    throw new RangeError('there are no readings of a service of the catalogue');
  return { spec, readings, now, settledFor: settledFor(readings, now.instances), flips: flipsIn(readings) };
}

function settledFor(readings: readonly ServiceReading[], instances: number): number {
  const changed = readings.findLastIndex((reading) => reading.instances !== instances);
  return readings.length - 1 - changed;
}

function flipsIn(readings: readonly ServiceReading[]): number {
  let flips = 0;
  let direction = 0;
  for (const [place, { instances }] of readings.entries()) {
    const moved = Math.sign(instances - (readings[place - 1]?.instances ?? instances));
    if (moved !== 0 && direction !== 0 && moved !== direction) flips += 1;
    if (moved !== 0) direction = moved;
  }
  return flips;
}

/** Returns the mean utilisation of the last readings at the present size. */
export function steadyUtilization({ readings, settledFor: settled }: ServiceView, ticks: number): number {
  const last = readings.slice(-Math.min(ticks, settled));
  return last.reduce((sum, { utilization }) => sum + utilization, 0) / Math.max(1, last.length);
}

/** Returns the instances for a load at a utilisation, within the limits of the service. */
export function instancesFor({ spec }: ServiceView, load: number, utilization: number): number {
  const wanted = Math.ceil(load / (spec.capacity * utilization));
  return Math.max(spec.minInstances, Math.min(spec.maxInstances, wanted));
}
