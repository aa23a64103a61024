/** Runs one open-loop round; a latency lasts from the due time of a send to the call of its handler. */
import { within } from './deadline.ts';
import { Latencies, type LatencySummary } from './latencies.ts';
import { openLoop, type Schedule } from './open-loop.ts';

export interface Probe {
  /** Sends the n-th intent; its handler calls `arrived(n)`, a refused send calls `failed`. */
  start(arrived: (n: number) => void, failed: (error: Error) => void): void;
  send(n: number): void;
}

const lastOnesSeconds = 60;

export async function latencyRound(probe: Probe, schedule: Schedule): Promise<LatencySummary> {
  const [summary] = (await latencyRounds(probe, schedule, 1)) as [LatencySummary];
  return summary;
}

/** Measures several subjects in one round, in rotation, so that disturbances affect all of them. */
export async function latencyRounds(
  probe: Probe,
  schedule: Schedule,
  subjects: number,
): Promise<readonly LatencySummary[]> {
  const dueAt = new Float64Array(schedule.count);
  const latencies = Array.from({ length: subjects }, () => new Latencies(Math.ceil(schedule.count / subjects)));
  let arrived = 0;
  let sent = Number.POSITIVE_INFINITY;
  let fail: (error: Error) => void = () => undefined;
  let finish: () => void = () => undefined;
  const all = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  // it may fail before it is awaited, which is below
  all.catch(() => undefined);
  probe.start((n) => {
    latencies[n % subjects]?.add(performance.now() - (dueAt[n] ?? 0));
    if (++arrived >= sent) finish();
  }, fail);
  sent = await openLoop(schedule, (n, due) => {
    dueAt[n] = due;
    probe.send(n);
  });
  if (arrived >= sent) finish();
  await within(lastOnesSeconds, 'the last intents of a round', all);
  return latencies.map((of) => of.summary());
}
