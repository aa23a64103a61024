/** Series made to order: a level, a cycle, noise, and spikes at given places. */
import type { Sample } from '../../../actors/metrics/sample.ts';
import { type Random, seededRandom } from '../../../runtime/core/random.ts';

export interface Plant {
  /** Calm samples before it. */
  readonly gap: number;
  readonly width: number;
  /** Of the load below it. */
  readonly height: number;
}

export interface Shape {
  readonly level?: number;
  /** Amplitude of a cycle of 288 samples, as a share of the level. */
  readonly cycle?: number;
  readonly phase?: number;
  /** Standard deviation, as a share of the load. */
  readonly noise?: number;
  readonly seed?: number;
  /** Calm samples after the last plant. */
  readonly rest?: number;
}

const start = Date.UTC(2024, 0, 15);
const stepMs = 300_000;

export function seriesOf(values: readonly number[]): Sample[] {
  return values.map((value, i) => ({ at: start + i * stepMs, value }));
}

export function planted(plants: readonly Plant[], shape: Shape = {}): Sample[] {
  const { level = 100, cycle = 0, phase = 0, noise = 0, seed = 1, rest = 60 } = shape;
  const random = seededRandom(seed);
  const heights = plants.flatMap(({ gap, width, height }) => [
    ...new Array<number>(gap).fill(0),
    ...new Array<number>(width).fill(height),
  ]);
  heights.push(...new Array<number>(rest).fill(0));
  return seriesOf(
    heights.map((height, i) => {
      const day = 1 + cycle * Math.sin((2 * Math.PI * i) / 288 + phase);
      return level * day * (1 + height) * (1 + noise * normal(random));
    }),
  );
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
