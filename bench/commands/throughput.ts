/** `bench throughput`: control, control-tuned, raw and Parley at several numbers of mailboxes, in turn on one server. */
import { connect } from 'nats';
import { defaultPartitions } from '../../runtime/node/node-options.ts';
import { interleave } from '../measure/interleave.ts';
import { ratio } from '../measure/statistics.ts';
import {
  summarize,
  type ThroughputRound,
  type ThroughputSummary,
  throughputRound,
  warmUp,
} from '../measure/throughput-round.ts';
import { comparedAt, fewMailboxes, judge, manyMailboxes, throughputBounds, type Verdict } from '../report/bounds.ts';
import type { Report } from '../report/report.ts';
import { throughputCells, throughputColumns, throughputFields } from '../report/throughput-figures.ts';
import { startBenchServer } from '../server.ts';
import type { Contender, ContenderName } from '../subjects/contender.ts';
import { Control } from '../subjects/control.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyContender } from '../subjects/parley-contender.ts';
import { RawMesh } from '../subjects/raw.ts';
import { RawContender } from '../subjects/raw-contender.ts';

export interface ThroughputOptions {
  readonly mailboxes: readonly number[];
  readonly rounds: number;
  readonly intents: number;
  readonly partitions: number | undefined;
}

export async function throughput(options: ThroughputOptions): Promise<Report> {
  const { mailboxes, rounds, intents, partitions } = options;
  const server = await startBenchServer();
  try {
    await using raw = await RawMesh.start(server.url, partitions ?? defaultPartitions);
    const given = partitions === undefined ? {} : { partitions };
    await using parley = await ParleyMesh.start(server.url, given);
    await using agents = await ParleyMesh.start(server.url, { mesh: 'agents', agents: true, ...given });
    const admin = await connect({ servers: server.url, noAsyncTraces: true });
    const widest = mailboxes.includes(comparedAt) ? comparedAt : Math.max(...mailboxes);
    await using control = await Control.start('control', server.url, admin, widest);
    await using tuned = await Control.start('control-tuned', server.url, admin, widest);
    const contenders: readonly Contender[] = [
      control,
      tuned,
      ...mailboxes.flatMap((count) => [
        new RawContender(raw, admin, count),
        new ParleyContender('parley', parley, admin, count),
        new ParleyContender('parley-agents', agents, admin, count),
      ]),
    ];
    await warmUp(contenders, intents, server.pid);
    const measured = await interleave(contenders, rounds, (contender) =>
      throughputRound(contender, intentsFor(contender, intents), server.pid),
    );
    await admin.close();
    return report(measured);
  } finally {
    await server.stop();
  }
}

/** Every mailbox gets an intent in every round. */
const intentsFor = ({ mailboxes }: Contender, intents: number): number => Math.max(intents, mailboxes);

type Measured = ReadonlyMap<Contender, readonly ThroughputRound[]>;

function report(measured: Measured): Report {
  const found = [...measured].map(([{ name, mailboxes }, rounds]) => ({ name, mailboxes, ...summarize(rounds) }));
  return {
    columns: [{ title: 'subject' }, { title: 'mailboxes' }, ...throughputColumns],
    rows: found.map(({ name, mailboxes, ...summary }) => [name, mailboxes, ...throughputCells(summary)]),
    lines: found.map(({ name, mailboxes, ...summary }) => ({
      bench: 'throughput',
      subject: name,
      mailboxes,
      ...throughputFields(summary),
    })),
    verdicts: verdicts(found),
  };
}

type Found = ThroughputSummary & { readonly name: ContenderName; readonly mailboxes: number };

/** Bounds whose sides were both measured; a narrowed run says less. */
function verdicts(found: readonly Found[]): readonly Verdict[] {
  const rateOf = (name: ContenderName, mailboxes: number): number | undefined =>
    found.find((one) => one.name === name && one.mailboxes === mailboxes)?.rate.median;
  const controlAt = found.find(({ name }) => name === 'control')?.mailboxes ?? 0;
  const pairs = [
    [throughputBounds.raw, rateOf('raw', controlAt), rateOf('control-tuned', controlAt)],
    [throughputBounds.runtime, rateOf('parley', comparedAt), rateOf('raw', comparedAt)],
    [throughputBounds.agents, rateOf('parley-agents', comparedAt), rateOf('raw', comparedAt)],
    [throughputBounds.control, rateOf('parley', comparedAt), rateOf('control', comparedAt)],
    [throughputBounds.many, rateOf('parley', manyMailboxes), rateOf('parley', fewMailboxes)],
  ] as const;
  return pairs.flatMap(([bound, value, base]) =>
    value === undefined || base === undefined ? [] : [judge(bound, ratio(value, base))],
  );
}
