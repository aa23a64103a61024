/** Runs one flood: another process sends to a slow agent, while two others of its partition exchange intents. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { highest } from '../../runtime/core/extremes.ts';
import { BitSet, type LoadJob, type LoadResult } from '../children/load-job.ts';
import type { LoadProcess } from '../children/load-process.ts';
import type { DeliveryCounter } from '../subjects/delivery-counter.ts';
import { depths } from '../subjects/store.ts';
import type { LatencySummary } from './latencies.ts';
import { latencyRound, type Probe } from './latency-round.ts';
import { median } from './statistics.ts';

export interface FloodRound {
  readonly latency: LatencySummary;
  readonly tickets: number;
  readonly refused: number;
  /** Refused for another reason than a full mailbox. */
  readonly untyped: number;
  /** Confirmed without being handled; handled twice, or without confirmation. */
  readonly lost: number;
  /** The greatest depth of any lane into the slow agent. */
  readonly deepest: number;
  /** The median over time of the deepest lane. */
  readonly usual: number;
  /** The greatest total that waited for the slow agent. */
  readonly mailbox: number;
}

export interface FloodParts {
  readonly admin: NatsConnection;
  readonly stream: string;
  /** The lanes into the slow agent. */
  readonly lanes: string;
  readonly load: LoadProcess;
  readonly probe: Probe;
  readonly rate: number;
  readonly handled: DeliveryCounter;
  /** Lets the slow agent finish its queue. */
  readonly drain: () => Promise<void>;
}

const sampleMs = 100;
const longestSeconds = 120;
const mailboxFull = 'PARLEY_MAILBOX_FULL';

export async function floodRound(parts: FloodParts, job: LoadJob): Promise<FloodRound> {
  const { probe, rate, handled, load } = parts;
  let over = false;
  const sending = load.run(job).finally(() => {
    over = true;
  });
  const sampling = sampleDepths(parts, () => over);
  const schedule = { pace: 'timer', ratePerSecond: rate, count: rate * longestSeconds, over: () => over } as const;
  const [latency, result, samples] = await Promise.all([latencyRound(probe, schedule), sending, sampling]);
  await parts.drain();
  return {
    latency,
    ...account(result, handled, job.intents),
    deepest: highest(samples.map(({ deepest }) => deepest)),
    usual: median(samples.map(({ deepest }) => deepest)),
    mailbox: highest(samples.map(({ total }) => total)),
  };
}

function account(result: LoadResult, handled: DeliveryCounter, intents: number) {
  const confirmed = BitSet.from(result.confirmed);
  const refused = Object.values(result.refusals).reduce((sum, count) => sum + count, 0);
  let lost = handled.repeats;
  for (let n = 0; n < intents; n++) if (confirmed.has(n) !== handled.has(n)) lost++;
  return { tickets: result.tickets, refused, untyped: refused - (result.refusals[mailboxFull] ?? 0), lost };
}

interface DepthSample {
  readonly deepest: number;
  readonly total: number;
}

async function sampleDepths(
  { admin, stream, lanes }: FloodParts,
  over: () => boolean,
): Promise<readonly DepthSample[]> {
  const samples: DepthSample[] = [];
  do {
    await sleep(sampleMs);
    const found = await depths(admin, stream, lanes);
    samples.push({ deepest: Math.max(0, highest(found)), total: found.reduce((sum, depth) => sum + depth, 0) });
  } while (!over());
  return samples;
}
