/** `bench deep`: measures a node with a million queued intents, including the effect on other mailboxes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../runtime/core/random.ts';
import { defaultPartitions } from '../../runtime/node/node-limits.ts';
import { LoadProcess } from '../children/load-process.ts';
import { memoryInUse } from '../measure/garbage.ts';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { latencyRound } from '../measure/latency-round.ts';
import { watchMemory } from '../measure/memory-watch.ts';
import { type DeepFigures, deepReport } from '../report/deep-report.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';
import { DeliveryCounter } from '../subjects/delivery-counter.ts';
import { agentsIn } from '../subjects/neighbours.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyProbe } from '../subjects/parley-probe.ts';
import { numberOf } from '../subjects/payload.ts';
import { agentKey, agentKind } from '../subjects/routes.ts';
import { Thinking } from '../subjects/thinking.ts';

export interface DeepOptions {
  readonly intents: number;
  readonly lanes: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Intents to the other mailboxes, per second, over all partitions. */
  readonly rate: number;
}

const mesh = 'deep';
/** Four lanes of 250 each fill a mailbox to just below the point at which it is announced closed. */
const lanesPerAgent = 4;
/** The intents that all loaded agents together handle per second, unsynchronised: the queue stays deep. */
const handledPerSecond = 1_000;

export async function deep(options: DeepOptions): Promise<Report> {
  const { intents, lanes, rounds, seconds, rate } = options;
  const agents = Math.ceil(lanes / lanesPerAgent);
  const server = await startBenchServer();
  try {
    await using parley = await ParleyMesh.start(server.url, { mesh });
    await using load = await LoadProcess.start(server.url, mesh);
    const others = Array.from(
      { length: defaultPartitions },
      (_, p) => agentsIn(p, defaultPartitions, 'other', 1)[0] ?? '',
    );
    const probed = new Set(others);
    const probe = new ParleyProbe(parley, (n) => {
      const to = others[n % others.length] ?? '';
      return { from: to, to: others[(n + 1) % others.length] ?? to };
    });
    const handled = new DeliveryCounter(intents);
    const thinking = new Thinking();
    const random = seededRandom(1);
    const slowMs = (agents / handledPerSecond) * 1000;
    parley.onIntent((intent) => {
      if (intent.to_agent !== null && probed.has(intent.to_agent)) return probe.received(intent);
      handled.add(numberOf(intent.context));
      return thinking.pause(slowMs * (0.5 + random.next()));
    });
    const probeRounds = async (): Promise<LatencySummary> => {
      const summaries: LatencySummary[] = [];
      for (let round = 0; round < rounds; round++) {
        summaries.push(await latencyRound(probe, { pace: 'timer', ratePerSecond: rate, count: rate * seconds }));
      }
      return medianSummary(summaries);
    };

    await probeRounds();
    const idleUsed = memoryInUse();
    const without = await probeRounds();
    const memory = watchMemory();
    const receivers = Array.from({ length: agents }, (_, n) => `${agentKind}/${agentKey(n)}`);
    const sent = await load.run({ senders: lanesPerAgent, receivers, intents, ratePerSecond: null, mode: 'wait' });
    while (parley.node.counts.held + handled.count < sent.tickets) await sleep(100);
    const { held, memoryBytes: estimatedBytes } = parley.node.counts;
    const loadedUsed = memoryInUse();
    const during = await probeRounds();
    const { startRss, peakRss } = memory.stop();
    const usedAfter = memoryInUse();
    thinking.end();
    const drainFrom = performance.now();
    const alreadyHandled = handled.count;
    await parley.node.whenIdle();
    const drainSeconds = (performance.now() - drainFrom) / 1000;
    const figures: DeepFigures = {
      lanes: receivers.length * lanesPerAgent,
      tickets: sent.tickets,
      held,
      estimatedBytes,
      usedBytes: Math.max(loadedUsed, usedAfter) - idleUsed,
      rssBytes: peakRss - startRss,
      fillPerSecond: sent.tickets / sent.seconds,
      drainPerSecond: (handled.count - alreadyHandled) / drainSeconds,
      lost: sent.tickets - handled.count + handled.repeats,
      without,
      during,
    };
    return deepReport(figures);
  } finally {
    await server.stop();
  }
}
