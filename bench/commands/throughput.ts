/** `bench throughput`: measures control, control-tuned, raw and Parley at several numbers of mailboxes, in turn on one server. */
import { connect } from 'nats';
import { defaultPartitions } from '../../runtime/node/node-limits.ts';
import { interleave, pairsInTurn } from '../measure/interleave.ts';
import { ratio, type Spread, spread } from '../measure/statistics.ts';
import {
  rateRatios,
  summarize,
  type ThroughputRound,
  type ThroughputSummary,
  throughputRound,
  warmUp,
} from '../measure/throughput-round.ts';
import {
  comparedAt,
  fewMailboxes,
  inSetting,
  judge,
  manyMailboxes,
  throughputBounds,
  type Verdict,
} from '../report/bounds.ts';
import type { Report } from '../report/report.ts';
import {
  comparisonCells,
  comparisonColumns,
  comparisonFields,
  throughputCells,
  throughputColumns,
  throughputFields,
} from '../report/throughput-figures.ts';
import { startBenchServer } from '../server.ts';
import type { BenchTarget, BenchTargetName } from '../subjects/bench-target.ts';
import { Control } from '../subjects/control.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyTarget, type ParleyTargetName } from '../subjects/parley-target.ts';
import { opponents, PreviousBuild } from '../subjects/previous.ts';
import { RawMesh } from '../subjects/raw.ts';
import { RawTarget } from '../subjects/raw-target.ts';

export interface ThroughputOptions {
  readonly mailboxes: readonly number[];
  readonly rounds: number;
  readonly intents: number;
  readonly partitions: number | undefined;
  /** The folder of another build, which is measured in the same rounds. */
  readonly against?: string;
}

export async function throughput(options: ThroughputOptions): Promise<Report> {
  const { mailboxes, rounds, intents, partitions, against } = options;
  const server = await startBenchServer();
  try {
    await using raw = await RawMesh.start(server.url, partitions ?? defaultPartitions);
    const given = partitions === undefined ? {} : { partitions };
    await using parley = await ParleyMesh.start(server.url, given);
    await using agents = await ParleyMesh.start(server.url, { mesh: 'agents', agents: true, ...given });
    await using previous = against === undefined ? undefined : await PreviousBuild.start(against, server.url, given);
    const admin = await connect({ servers: server.url, noAsyncTraces: true });
    const widest = mailboxes.includes(comparedAt) ? comparedAt : Math.max(...mailboxes);
    await using control = await Control.start('control', server.url, admin, widest);
    await using tuned = await Control.start('control-tuned', server.url, admin, widest);
    const opponentOf = (ours: ParleyTargetName, count: number): readonly BenchTarget[] =>
      previous?.opponentOf(ours, admin, count) ?? [];
    const contenders: readonly BenchTarget[] = [
      control,
      tuned,
      ...mailboxes.flatMap((count) => [
        new RawTarget(raw, admin, count),
        new ParleyTarget('parley', parley, admin, count),
        ...opponentOf('parley', count),
        new ParleyTarget('parley-agents', agents, admin, count),
        ...opponentOf('parley-agents', count),
        new ParleyTarget('parley-tell', agents, admin, count),
        ...opponentOf('parley-tell', count),
      ]),
    ];
    await warmUp(contenders, intents, server.pid);
    const round = (contender: BenchTarget): Promise<ThroughputRound> =>
      throughputRound(contender, intentsFor(contender, intents), server.pid);
    const measured = await interleave(contenders, rounds, round, pairsInTurn(contenders, pairsOf(contenders)));
    await admin.close();
    return report(measured);
  } finally {
    await server.stop();
  }
}

/** Every mailbox gets an intent in every round. */
const intentsFor = ({ mailboxes }: BenchTarget, intents: number): number => Math.max(intents, mailboxes);

type Measured = ReadonlyMap<BenchTarget, readonly ThroughputRound[]>;

/** Each subject of this build, paired with the same of another build. Subjects of this build come first. */
function pairsOf(contenders: readonly BenchTarget[]): ReadonlyMap<BenchTarget, BenchTarget> {
  const pairs = contenders.flatMap((ours) => {
    const isOpponent = (other: BenchTarget): boolean =>
      isOurs(ours.name) && other.name === opponents[ours.name] && other.mailboxes === ours.mailboxes;
    const previous = contenders.find(isOpponent);
    return previous === undefined ? [] : [[ours, previous] as const];
  });
  return new Map(pairs);
}

const isOurs = (name: BenchTargetName): name is ParleyTargetName => Object.hasOwn(opponents, name);

function report(measured: Measured): Report {
  const pairs = pairsOf([...measured.keys()]);
  const found: readonly Found[] = [...measured].map(([contender, rounds]) => {
    const { name, mailboxes } = contender;
    const previous = pairs.get(contender);
    const bases = previous === undefined ? undefined : measured.get(previous);
    const againstPrevious = bases === undefined ? {} : { againstPrevious: spread(rateRatios(rounds, bases)) };
    return { name, mailboxes, ...summarize(rounds), ...againstPrevious };
  });
  const compared = found.some(({ againstPrevious }) => againstPrevious !== undefined);
  return {
    columns: [
      { title: 'subject' },
      { title: 'mailboxes' },
      ...throughputColumns,
      ...(compared ? comparisonColumns : []),
    ],
    rows: found.map((one) => [
      one.name,
      one.mailboxes,
      ...throughputCells(one),
      ...(compared ? comparisonCells(one.againstPrevious) : []),
    ]),
    lines: found.map((one) => ({
      bench: 'throughput',
      subject: one.name,
      mailboxes: one.mailboxes,
      ...throughputFields(one),
      ...comparisonFields(one.againstPrevious),
    })),
    verdicts: verdicts(found),
  };
}

interface Found extends ThroughputSummary {
  readonly name: BenchTargetName;
  readonly mailboxes: number;
  /** Its rate divided by that of the other build, round by round. */
  readonly againstPrevious?: Spread;
}

/** Selects bounds with two measured sides; a narrowed run has fewer of them. */
function verdicts(found: readonly Found[]): readonly Verdict[] {
  const at = (name: BenchTargetName, mailboxes: number): Found | undefined =>
    found.find((one) => one.name === name && one.mailboxes === mailboxes);
  const rateOf = (name: BenchTargetName, mailboxes: number): number | undefined => at(name, mailboxes)?.rate.median;
  const controlAt = found.find(({ name }) => name === 'control')?.mailboxes ?? 0;
  const pairs = [
    [throughputBounds.raw, rateOf('raw', controlAt), rateOf('control-tuned', controlAt)],
    [throughputBounds.runtime, rateOf('parley', comparedAt), rateOf('raw', comparedAt)],
    [throughputBounds.agents, rateOf('parley-agents', comparedAt), rateOf('raw', comparedAt)],
    [throughputBounds.tell, rateOf('parley-tell', comparedAt), rateOf('control', comparedAt)],
    [throughputBounds.control, rateOf('parley', comparedAt), rateOf('control', comparedAt)],
    [throughputBounds.many, rateOf('parley', manyMailboxes), rateOf('parley', fewMailboxes)],
  ] as const;
  const ratios = pairs.flatMap(([bound, value, base]) =>
    value === undefined || base === undefined ? [] : [judge(bound, ratio(value, base))],
  );
  const compared = (Object.keys(opponents) as ParleyTargetName[]).flatMap((name) => {
    const against = at(name, comparedAt)?.againstPrevious;
    return against === undefined ? [] : [judge(inSetting(name, throughputBounds.previous), against.median)];
  });
  return [...ratios, ...compared];
}
