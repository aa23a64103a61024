/** What the simulated cloud runs: services, what an instance of each carries and costs, and what was promised of it. */

export interface ServiceSpec {
  readonly service: string;
  /** Usual load, requests per second. */
  readonly usualLoad: number;
  /** What one instance carries, requests per second. */
  readonly capacity: number;
  /** One instance on demand, USD an hour. */
  readonly price: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** At the first tick; without it what the load of that tick needs. */
  readonly firstInstances?: number;
  /** Of an idle instance, milliseconds at the 99th percentile. */
  readonly baseLatencyMs: number;
  /** The promise: a tick above it is a violation. */
  readonly slaMs: number;
}

/** `policies/data.json` knows more of them: budgets, and which is being decommissioned. */
export const catalogue: readonly ServiceSpec[] = Object.freeze([
  service('api_gateway', 400, 100, 0.34, 2, 24),
  service('checkout', 150, 40, 0.5, 2, 20),
  service('search', 300, 60, 0.42, 2, 26),
  service('recommendations', 200, 50, 0.68, 1, 20),
  { ...service('legacy_reports', 30, 20, 0.06, 1, 6), firstInstances: 6 },
]);

function service(
  name: string,
  usualLoad: number,
  capacity: number,
  price: number,
  minInstances: number,
  maxInstances: number,
): ServiceSpec {
  return { service: name, usualLoad, capacity, price, minInstances, maxInstances, baseLatencyMs: 60, slaMs: 250 };
}

/** Five minutes, as CloudWatch samples. */
export const tickMs = 300_000;
export const ticksPerHour: number = 3_600_000 / tickMs;
/** An instance serves so many ticks after it was started. */
export const bootTicks = 1;
/** A reserved instance costs so much of its price on demand, used or not, until the contract ends: 3 years. */
export const reservedShare = 0.85;
