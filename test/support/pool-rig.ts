/** A simulated store shared by several simulated processes, each with its own connection and clock. */
import { type LogFields, type Logger, silentLogger } from '../../runtime/core/logger.ts';
import { ManualClock } from '../../runtime/core/manual-clock.ts';
import { seededRandom } from '../../runtime/core/random.ts';
import type { PoolSettings } from '../../runtime/transport/index.ts';
import {
  type Driven,
  driveFor,
  driveTo,
  driveUntil,
  FaultPlan,
  ProcessClock,
  SimulatedBroker,
  SimulatedTransport,
} from '../../runtime/transport/simulated/index.ts';

export const poolSettings: PoolSettings = {
  pool: 'main',
  partitions: 1,
  laneCapacity: 256,
  maxBytes: 1_000_000,
  replicas: 1,
  dedupeWindowMs: 60_000,
};

export interface Process {
  readonly clock: ProcessClock;
  readonly transport: SimulatedTransport;
}

export class PoolRig implements Driven {
  readonly clock: ManualClock = new ManualClock();
  readonly faults: FaultPlan;
  readonly broker: SimulatedBroker;
  /** Everything logged at `warn` and `error`. */
  readonly logged: string[] = [];
  readonly log: Logger;

  constructor(seed = 1) {
    this.faults = new FaultPlan(seededRandom(seed));
    this.broker = new SimulatedBroker({ mesh: 'sim', clock: this.clock, faults: this.faults });
    const note = (_fields: LogFields, message: string): void => void this.logged.push(message);
    this.log = { ...silentLogger, warn: note, error: note };
  }

  pending(): readonly string[] {
    return this.broker.pending();
  }

  process(): Process {
    const clock = new ProcessClock(this.clock);
    return { clock, transport: new SimulatedTransport(this.broker, clock) };
  }

  wait<T>(promise: Promise<T>, what = 'a promise'): Promise<T> {
    return driveTo(this, what, promise);
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return driveUntil(this, what, condition);
  }

  pass(ms: number): Promise<void> {
    return driveFor(this, ms);
  }

  /** Returns the result, or the code of the error. */
  async outcome(promise: Promise<unknown>): Promise<unknown> {
    return this.wait(promise.catch((error: unknown) => codeOf(error)));
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
