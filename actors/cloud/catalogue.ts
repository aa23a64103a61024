/** The services of the simulated cloud with the capacity, the cost and the promised latency of their instances. */

export interface ServiceSpec {
  readonly service: string;
  /** Usual load, requests per second. */
  readonly usualLoad: number;
  /** The capacity of one instance, requests per second. */
  readonly capacity: number;
  /** The price of one instance on demand, USD per hour. */
  readonly price: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** The instances at the first tick; by default as many as the load of that tick needs. */
  readonly firstInstances?: number;
  /** The latency of an idle instance, milliseconds at the 99th percentile. */
  readonly baseLatencyMs: number;
  /** The promised latency: a tick above it is a violation. */
  readonly slaMs: number;
}

/** `policies/data.json` has further facts: their budgets, the service that is being decommissioned. */
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
/** The ticks from the start of an instance until it serves. */
export const bootTicks = 1;
/** A reserved instance costs this share of the price on demand, used or not, until its contract of 3 years ends. */
export const reservedShare = 0.85;
