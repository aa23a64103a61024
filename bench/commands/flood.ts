/** `bench flood`: a sender in another process floods a slow agent; then a thousand senders do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { partitionOf } from '../../runtime/core/partition.ts';
import { partitionSubjects } from '../../runtime/core/subjects.ts';
import { defaultPartitions } from '../../runtime/node/node-limits.ts';
import type { LoadJob } from '../children/load-job.ts';
import { LoadProcess } from '../children/load-process.ts';
import { type FloodRound, floodRound } from '../measure/flood-round.ts';
import { interleave } from '../measure/interleave.ts';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { latencyRound } from '../measure/latency-round.ts';
import { floodReport } from '../report/flood-report.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';
import { DeliveryCounter } from '../subjects/delivery-counter.ts';
import { agentsIn } from '../subjects/neighbours.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyProbe } from '../subjects/parley-probe.ts';
import { numberOf } from '../subjects/payload.ts';
import { agentKind } from '../subjects/routes.ts';

export interface FloodOptions {
  readonly rounds: number;
  /** Intents of one flood, including refused ones. */
  readonly intents: number;
  /** The duration of a flood. */
  readonly seconds: number;
  /** Intents between the two other agents, per second. */
  readonly rate: number;
  /** The time that the slow agent needs for one intent. */
  readonly slowMs: number;
}

/** The number of senders of a flood; with none, the two other agents run alone. */
const settings = [0, 1, 1_000] as const;
export type FloodSetting = (typeof settings)[number];

const mesh = 'flood';
const slow = `${agentKind}/slow`;

export async function flood(options: FloodOptions): Promise<Report> {
  const { rounds, intents, seconds, rate, slowMs } = options;
  const server = await startBenchServer();
  try {
    await using parley = await ParleyMesh.start(server.url, { mesh });
    await using load = await LoadProcess.start(server.url, mesh);
    const admin = await connect({ servers: server.url, noAsyncTraces: true });
    const partition = partitionOf(slow, defaultPartitions);
    const [from = '', to = ''] = agentsIn(partition, defaultPartitions, 'other', 2);
    const probe = new ParleyProbe(parley, () => ({ from, to }));

    const round = async (senders: FloodSetting): Promise<LatencySummary | FloodRound> => {
      const handled = new DeliveryCounter(intents);
      let isSlow = true;
      parley.onIntent((intent) => {
        if (intent.to_agent !== slow) return probe.received(intent);
        handled.add(numberOf(intent.context));
        return isSlow ? sleep(slowMs) : undefined;
      });
      if (senders === 0) return latencyRound(probe, { pace: 'timer', ratePerSecond: rate, count: rate * seconds });
      const job: LoadJob = {
        senders,
        receivers: [slow],
        intents,
        ratePerSecond: intents / seconds,
        mode: 'reject',
      };
      const drain = (): Promise<void> => {
        isSlow = false;
        return parley.node.whenIdle();
      };
      const lanes = `${partitionSubjects(mesh, 'main', partition).slice(0, -1)}${agentKind}.slow.>`;
      return floodRound({ admin, stream: parley.stream, lanes, load, probe, rate, handled, drain }, job);
    };
    await round(0);
    const measured = await interleave(settings, rounds, round);
    await admin.close();
    const floods = (senders: FloodSetting): readonly FloodRound[] => (measured.get(senders) ?? []) as FloodRound[];
    const base = medianSummary((measured.get(0) ?? []) as LatencySummary[]);
    return floodReport(base, [
      { setting: 'one sender', rounds: floods(1) },
      { setting: '1,000 senders', rounds: floods(1_000) },
    ]);
  } finally {
    await server.stop();
  }
}
