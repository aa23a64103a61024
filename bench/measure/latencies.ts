/** Keeps every latency of a round: percentiles are exact, without buckets. */
import { median, percentile } from './statistics.ts';

export interface LatencySummary {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export class Latencies {
  readonly #samples: Float64Array;
  #count = 0;

  /** @param capacity samples of the round, at most */
  constructor(capacity: number) {
    this.#samples = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** @param ms from the moment at which the intent was due to be sent to the call of its handler */
  add(ms: number): void {
    this.#samples[this.#count++] = ms;
  }

  /** Milliseconds. */
  summary(): LatencySummary {
    const ascending = this.#samples.slice(0, this.#count).sort();
    return {
      samples: this.#count,
      p50: percentile(ascending, 50),
      p99: percentile(ascending, 99),
      p999: percentile(ascending, 99.9),
      max: percentile(ascending, 100),
    };
  }
}

/** Returns the median of each figure over several rounds. */
export function medianSummary(rounds: readonly LatencySummary[]): LatencySummary {
  const of = (figure: keyof LatencySummary): number => median(rounds.map((round) => round[figure]));
  return { samples: of('samples'), p50: of('p50'), p99: of('p99'), p999: of('p999'), max: of('max') };
}
