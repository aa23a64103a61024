/** `bench latency`: from send to handler at a fixed rate, raw and Parley in turn on one server. */
import { defaultPartitions } from '../../runtime/node/node-options.ts';
import { interleave } from '../measure/interleave.ts';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { latencyRound, type Probe } from '../measure/latency-round.ts';
import { judge, latencyBounds } from '../report/bounds.ts';
import { latencyCells, latencyColumns, latencyFields } from '../report/latency-figures.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyProbe } from '../subjects/parley-probe.ts';
import { RawMesh } from '../subjects/raw.ts';
import { RawProbe } from '../subjects/raw-probe.ts';
import { agentKey, agentKind, senderKey, senderKind, senderOf } from '../subjects/routes.ts';

export interface LatencyOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly mailboxes: number;
}

export async function latency(options: LatencyOptions): Promise<Report> {
  const { rate, seconds, rounds, mailboxes } = options;
  const server = await startBenchServer();
  try {
    await using raw = await RawMesh.start(server.url, defaultPartitions);
    await using mesh = await ParleyMesh.start(server.url);
    const parley = new ParleyProbe(mesh, (n) => ({
      from: `${senderKind}/${senderKey(senderOf(n, mailboxes))}`,
      to: `${agentKind}/${agentKey(n % mailboxes)}`,
    }));
    mesh.onIntent((intent) => parley.received(intent));
    const probes: readonly Probe[] = [new RawProbe(raw, mailboxes), parley];
    const round = (probe: Probe, ofSeconds: number): Promise<LatencySummary> =>
      latencyRound(probe, { pace: 'spin', ratePerSecond: rate, count: rate * ofSeconds });
    for (const probe of probes) await round(probe, 1);
    const measured = [...(await interleave(probes, rounds, (probe) => round(probe, seconds))).values()];
    const [ofRaw, ofParley] = measured.map(medianSummary) as [LatencySummary, LatencySummary];
    return report(options, ofRaw, ofParley);
  } finally {
    await server.stop();
  }
}

function report({ rate }: LatencyOptions, raw: LatencySummary, parley: LatencySummary): Report {
  const found = [
    { subject: 'raw', summary: raw },
    { subject: 'parley', summary: parley },
  ];
  return {
    columns: [{ title: 'subject' }, { title: 'rate' }, ...latencyColumns],
    rows: found.map(({ subject, summary }) => [subject, rate, ...latencyCells(summary)]),
    lines: found.map(({ subject, summary }) => ({ bench: 'latency', subject, rate, ...latencyFields(summary) })),
    verdicts: [judge(latencyBounds.p50(raw.p50), parley.p50), judge(latencyBounds.p99(raw.p99), parley.p99)],
  };
}
