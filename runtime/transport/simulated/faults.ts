/** The faults of a simulation: probabilities with the seeded source that decides each case. */
import { compileOptions, type OptionRules, quantity } from '../../core/options.ts';
import type { Random } from '../../core/random.ts';

/** Probabilities are per message; with the defaults nothing fails and no message takes time. */
export interface FaultSettings {
  /** Every message travels between these, milliseconds: publishes overtake each other, also within a lane. */
  readonly latencyMinMs: number;
  readonly latencyMaxMs: number;
  /** A message travels up to `slowMs` longer. */
  readonly slow: number;
  readonly slowMs: number;
  /** A publish does not reach the store. */
  readonly losePublish: number;
  /** A publish is stored or refused, and its answer does not come back. */
  readonly losePublishAnswer: number;
  /** A publish reaches the store twice, one right behind the other, as one connection would deliver it. */
  readonly duplicatePublish: number;
  /** The store has no leader to take a publish. */
  readonly refusePublish: number;
  /** A delivery is lost on its way: the feed must notice the gap. */
  readonly loseDelivery: number;
  /** A confirmed acknowledgement or its confirmation is lost. */
  readonly loseAck: number;
  /** A request (opening a feed, reading a bucket, a fetch) or its answer is lost. */
  readonly loseRequest: number;
  /** The connection is lost soon after a message was sent on it, for up to `outageMaxMs`. */
  readonly disconnect: number;
  readonly outageMaxMs: number;
}

type Fault = {
  [K in keyof FaultSettings]: K extends `${string}Ms` ? never : K;
}[keyof FaultSettings];

const probability = quantity(0, 0, 1, 'probability');
const milliseconds = (fallback: number) => quantity(fallback, 0, 3_600_000, 'milliseconds');

const rules: OptionRules<FaultSettings> = {
  latencyMinMs: milliseconds(0),
  latencyMaxMs: milliseconds(0),
  slow: probability,
  slowMs: milliseconds(1_000),
  losePublish: probability,
  losePublishAnswer: probability,
  duplicatePublish: probability,
  refusePublish: probability,
  loseDelivery: probability,
  loseAck: probability,
  loseRequest: probability,
  disconnect: probability,
  outageMaxMs: milliseconds(2_000),
};

export class FaultPlan {
  readonly #random: Random;
  #settings: FaultSettings;

  constructor(random: Random, given: Partial<FaultSettings> = {}) {
    this.#random = random;
    this.#settings = compileOptions('faults', rules, given);
  }

  /** Changes the given settings from now on. */
  change(given: Partial<FaultSettings>): void {
    this.#settings = compileOptions('faults', rules, { ...this.#settings, ...given });
  }

  /** Removes all faults from now on; messages keep their latency. */
  heal(): void {
    const { latencyMinMs, latencyMaxMs } = this.#settings;
    this.#settings = compileOptions('faults', rules, { latencyMinMs, latencyMaxMs });
  }

  /** Decides whether the fault occurs this time. */
  strikes(fault: Fault): boolean {
    const chance = this.#settings[fault];
    return chance > 0 && this.#random.next() < chance;
  }

  /** Decides between two forms of the same fault. */
  coin(): boolean {
    return this.#random.next() < 0.5;
  }

  /** Returns the travel time of one message, milliseconds. */
  latencyMs(): number {
    const { latencyMinMs, latencyMaxMs, slowMs } = this.#settings;
    const spread = latencyMaxMs - latencyMinMs;
    const usual = spread > 0 ? latencyMinMs + spread * this.#random.next() : latencyMinMs;
    return this.strikes('slow') ? usual + slowMs * this.#random.next() : usual;
  }

  /** Returns the duration of an outage, milliseconds. */
  outageMs(): number {
    return this.#settings.outageMaxMs * this.#random.next();
  }
}
