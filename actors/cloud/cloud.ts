/**
 * A simulated cloud: instances take time to boot and are billed by the hour, latency grows with utilisation, contracts bind, each
 * service has a rate limiter. It advances by ticks and does not know who acts on it.
 */
import { bootTicks, catalogue, reservedShare, type ServiceSpec, tickMs, ticksPerHour } from './catalogue.ts';
import type { LoadSample, Workload } from './load.ts';

/** An action on a service. */
export type CloudAction =
  | { readonly action: 'scale'; readonly service: string; readonly instances: number }
  | { readonly action: 'limit_rate'; readonly service: string; readonly on: boolean }
  | { readonly action: 'reserve'; readonly service: string; readonly instances: number }
  | { readonly action: 'diagnose'; readonly service: string; readonly cost: number };

/** The reading of one service in one tick, as a monitoring system would show it. */
export interface ServiceReading {
  readonly service: string;
  readonly tick: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The load that reached the service, requests per second. */
  readonly load: number;
  /** The share of the load from the few busiest sources: 0 to 1. */
  readonly sourceConcentration: number;
  /** Instances that are ready or booting. */
  readonly instances: number;
  readonly ready: number;
  readonly reserved: number;
  readonly limited: boolean;
  readonly utilization: number;
  readonly latencyMs: number;
  readonly violated: boolean;
  /** The cost of this tick, USD. */
  readonly cost: number;
}

export interface Totals {
  /** Changes of direction: a scale-down after a scale-up, or the other way round. */
  readonly flips: number;
  readonly cost_usd: number;
  readonly sla_violations: number;
}

interface Instance {
  readonly readyAt: number;
  readonly startedAt: number;
}

interface ServiceState {
  readonly spec: ServiceSpec;
  instances: Instance[];
  reserved: number;
  limited: boolean;
  direction: 'up' | 'down' | undefined;
  readonly changes: ScaleChange[];
  flips: number;
}

export interface ScaleChange {
  readonly tick: number;
  readonly from: number;
  readonly to: number;
  readonly flip: boolean;
}

/** The shares that a limiter stops: of attackers, then of customers by mistake. */
const stoppedBots = 0.95;
const stoppedCustomers = 0.02;
const saturated = 0.985;
const usualConcentration = 0.08;

export class Cloud {
  readonly #workload: Workload;
  readonly #services: ReadonlyMap<string, ServiceState>;
  readonly #applied = new Set<string>();
  #tick = 0;
  #cost = 0;
  #violations = 0;

  constructor(workload: Workload) {
    this.#workload = workload;
    this.#services = new Map(catalogue.map((spec) => [spec.service, begin(spec, workload.at(spec.service, 0))]));
  }

  get tick(): number {
    return this.#tick;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#workload.startAt + this.#tick * tickMs;
  }

  get totals(): Totals {
    const flips = [...this.#services.values()].reduce((sum, { flips: count }) => sum + count, 0);
    return { flips, cost_usd: Math.round(this.#cost * 100) / 100, sla_violations: this.#violations };
  }

  /** Returns every change of the size of a service, in order. */
  changes(service: string): readonly ScaleChange[] {
    return this.#of(service).changes;
  }

  /** Advances one tick. @returns the readings */
  step(): readonly ServiceReading[] {
    const readings = [...this.#services.values()].map((state) => this.#read(state));
    for (const { cost, violated } of readings) {
      this.#cost += cost;
      if (violated) this.#violations += 1;
    }
    this.#tick += 1;
    return readings;
  }

  /**
   * Applies an action once for each key.
   * @returns whether this call applied it
   * @throws RangeError for an unknown service, or a number of instances that it cannot have
   */
  apply(key: string, action: CloudAction): boolean {
    const state = this.#of(action.service);
    if (this.#applied.has(key)) return false;
    switch (action.action) {
      case 'scale':
        this.#scale(state, action.instances);
        break;
      case 'limit_rate':
        state.limited = action.on;
        break;
      case 'reserve':
        state.reserved = Math.max(state.reserved, action.instances);
        break;
      case 'diagnose':
        this.#cost += action.cost;
        break;
      default:
        action satisfies never;
    }
    this.#applied.add(key);
    return true;
  }

  #of(service: string): ServiceState {
    const state = this.#services.get(service);
    if (state === undefined) throw new RangeError(`the cloud has no service "${service}"`);
    return state;
  }

  #scale(state: ServiceState, wanted: number): void {
    const { spec, instances } = state;
    if (!Number.isInteger(wanted) || wanted < spec.minInstances || wanted > spec.maxInstances) {
      throw new RangeError(
        `${spec.service} can have ${spec.minInstances} to ${spec.maxInstances} instances, not ${wanted}`,
      );
    }
    const from = instances.length;
    if (wanted === from) return;
    const direction = wanted > from ? 'up' : 'down';
    const flip = state.direction !== undefined && state.direction !== direction;
    state.changes.push({ tick: this.#tick, from, to: wanted, flip });
    state.direction = direction;
    if (flip) state.flips += 1;
    while (instances.length < wanted) instances.push({ startedAt: this.#tick, readyAt: this.#tick + bootTicks });
    const ended = instances.splice(wanted);
    // an hour that has begun is billed in full
    for (const { startedAt } of ended) {
      const left = Math.max(0, ticksPerHour - (this.#tick - startedAt));
      this.#cost += (left / ticksPerHour) * spec.price;
    }
  }

  #read(state: ServiceState): ServiceReading {
    const { spec, instances, limited, reserved } = state;
    const sample = this.#workload.at(spec.service, this.#tick);
    const bots = sample.bots * (limited ? 1 - stoppedBots : 1);
    const load = sample.legitimate * (limited ? 1 - stoppedCustomers : 1) + bots;
    const ready = instances.filter(({ readyAt }) => readyAt <= this.#tick).length;
    const utilization = ready === 0 ? 1 : Math.min(1, load / (ready * spec.capacity));
    const latencyMs = spec.baseLatencyMs / (1 - Math.min(saturated, utilization));
    const onDemand = Math.max(0, instances.length - reserved);
    const asked = sample.legitimate + sample.bots;
    return {
      service: spec.service,
      tick: this.#tick,
      at: this.now,
      load,
      sourceConcentration: usualConcentration + (1 - usualConcentration) * (asked === 0 ? 0 : sample.bots / asked),
      instances: instances.length,
      ready,
      reserved,
      limited,
      utilization,
      latencyMs,
      violated: latencyMs > spec.slaMs,
      cost: ((onDemand + reserved * reservedShare) * spec.price) / ticksPerHour,
    };
  }
}

function begin(spec: ServiceSpec, load: LoadSample): ServiceState {
  const wanted = Math.ceil(load.legitimate / (0.6 * spec.capacity));
  const count = spec.firstInstances ?? Math.max(spec.minInstances, Math.min(spec.maxInstances, wanted));
  const instances = Array.from({ length: count }, () => ({ startedAt: -ticksPerHour, readyAt: 0 }));
  return { spec, instances, reserved: 0, limited: false, direction: undefined, changes: [], flips: 0 };
}
