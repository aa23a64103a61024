/** `bench latency`: measures from send to handler at a fixed rate, for control, raw and Parley in turn on one server. */
import { connect } from 'nats';
import { defaultPartitions } from '../../runtime/node/node-limits.ts';
import { interleave } from '../measure/interleave.ts';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { latencyRound, type Probe } from '../measure/latency-round.ts';
import { judge, latencyBounds } from '../report/bounds.ts';
import { latencyCells, latencyColumns, latencyFields } from '../report/latency-figures.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';
import { Control } from '../subjects/control.ts';
import { ControlProbe } from '../subjects/control-probe.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { type Pair, ParleyProbe } from '../subjects/parley-probe.ts';
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
    const admin = await connect({ servers: server.url, noAsyncTraces: true });
    await using control = await Control.start('control', server.url, admin, mailboxes);
    await using raw = await RawMesh.start(server.url, defaultPartitions);
    await using mesh = await ParleyMesh.start(server.url);
    await using agents = await ParleyMesh.start(server.url, { mesh: 'agents', agents: true });
    const to = (n: number): string => `${agentKind}/${agentKey(n % mailboxes)}`;
    const from = (n: number): string => `${senderKind}/${senderKey(senderOf(n, mailboxes))}`;
    const probes: Readonly<Record<Subject, Probe>> = {
      control: new ControlProbe(control),
      raw: new RawProbe(raw, mailboxes),
      parley: parleyProbe(mesh, (n) => ({ from: from(n), to: to(n) })),
      'parley-tell': parleyProbe(agents, (n) => ({ from: undefined, to: to(n) })),
    };
    const round = (subject: Subject, ofSeconds: number): Promise<LatencySummary> =>
      latencyRound(probes[subject], { pace: 'spin', ratePerSecond: rate, count: rate * ofSeconds });
    for (const subject of subjects) await round(subject, 1);
    const measured = await interleave(subjects, rounds, (subject) => round(subject, seconds));
    await admin.close();
    return report(options, (subject) => medianSummary(measured.get(subject) ?? []));
  } finally {
    await server.stop();
  }
}

const subjects = ['control', 'raw', 'parley', 'parley-tell'] as const;
type Subject = (typeof subjects)[number];

function parleyProbe(mesh: ParleyMesh, pair: (n: number) => Pair): ParleyProbe {
  const probe = new ParleyProbe(mesh, pair);
  mesh.onIntent((intent) => probe.received(intent));
  return probe;
}

function report({ rate }: LatencyOptions, of: (subject: Subject) => LatencySummary): Report {
  const found = subjects.map((subject) => ({ subject, summary: of(subject) }));
  const [control, raw, parley, tell] = [of('control'), of('raw'), of('parley'), of('parley-tell')];
  return {
    columns: [{ title: 'subject' }, { title: 'rate' }, ...latencyColumns],
    rows: found.map(({ subject, summary }) => [subject, rate, ...latencyCells(summary)]),
    lines: found.map(({ subject, summary }) => ({ bench: 'latency', subject, rate, ...latencyFields(summary) })),
    verdicts: [
      judge(latencyBounds.p50(raw.p50), parley.p50),
      judge(latencyBounds.p99(raw.p99), parley.p99),
      judge(latencyBounds.tell(control.p99), tell.p99),
    ],
  };
}
