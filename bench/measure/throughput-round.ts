/** Runs one round at full speed; measures its duration with its CPU time. */
import type { BenchTarget } from '../subjects/bench-target.ts';
import { within } from './deadline.ts';
import { cpuBetween, cpuTime } from './processes.ts';
import { median, ratio, type Spread, spread } from './statistics.ts';

export interface ThroughputRound {
  readonly intentsPerSecond: number;
  /** CPU microseconds per intent. */
  readonly nodeUs: number;
  /** `null` where the system does not report it. */
  readonly serverUs: number | null;
}

const roundSeconds = 120;

export async function throughputRound(
  contender: BenchTarget,
  intents: number,
  serverPid: number,
): Promise<ThroughputRound> {
  const before = cpuTime(serverPid);
  const startedAt = performance.now();
  await within(roundSeconds, `a round of ${contender.name}`, contender.run(intents));
  const seconds = (performance.now() - startedAt) / 1000;
  const { node, server } = cpuBetween(before, cpuTime(serverPid));
  return {
    intentsPerSecond: intents / seconds,
    nodeUs: node / intents,
    serverUs: server === undefined ? null : server / intents,
  };
}

/** Parley's rounds speed up until about 90,000 intents: until then the compiler optimises its code. */
const warmUpIntents = 90_000;
const warmUpRounds = 3;

/** Warms up compiler and server caches; a bench of small rounds stays small. */
export async function warmUp(contenders: readonly BenchTarget[], intents: number, serverPid: number): Promise<void> {
  const count = Math.min(warmUpIntents, warmUpRounds * intents);
  for (const contender of contenders) await throughputRound(contender, count, serverPid);
}

export interface ThroughputSummary {
  readonly rate: Spread;
  readonly nodeUs: number;
  readonly serverUs: number | null;
}

export function summarize(rounds: readonly ThroughputRound[]): ThroughputSummary {
  const server = rounds.map(({ serverUs }) => serverUs).filter((us) => us !== null);
  return {
    rate: spread(rounds.map(({ intentsPerSecond }) => intentsPerSecond)),
    nodeUs: median(rounds.map(({ nodeUs }) => nodeUs)),
    serverUs: server.length === 0 ? null : median(server),
  };
}

/** Divides each round by the one beside it, because a slow machine slows both. */
export function rateRatios(rounds: readonly ThroughputRound[], bases: readonly ThroughputRound[]): readonly number[] {
  return rounds.map(({ intentsPerSecond }, i) => ratio(intentsPerSecond, bases[i]?.intentsPerSecond ?? 0));
}
