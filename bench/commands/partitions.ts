/** `bench partitions`: measures Parley with pools of 1 to 32 partitions in turn, to choose the default. */
import { connect } from 'nats';
import { interleave } from '../measure/interleave.ts';
import { summarize, throughputRound, warmUp } from '../measure/throughput-round.ts';
import type { Report } from '../report/report.ts';
import { throughputCells, throughputColumns, throughputFields } from '../report/throughput-figures.ts';
import { startBenchServer } from '../server.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyTarget } from '../subjects/parley-target.ts';

export interface PartitionsOptions {
  readonly partitions: readonly number[];
  readonly mailboxes: number;
  readonly rounds: number;
  readonly intents: number;
}

interface Pool {
  readonly partitions: number;
  readonly contender: ParleyTarget;
}

export async function comparePartitions(options: PartitionsOptions): Promise<Report> {
  const { partitions, mailboxes, rounds, intents } = options;
  const server = await startBenchServer();
  const meshes: ParleyMesh[] = [];
  try {
    const admin = await connect({ servers: server.url, noAsyncTraces: true });
    const pools: Pool[] = [];
    for (const count of partitions) {
      const parley = await ParleyMesh.start(server.url, { mesh: `k${count}`, partitions: count });
      meshes.push(parley);
      pools.push({ partitions: count, contender: new ParleyTarget('parley', parley, admin, mailboxes) });
    }
    await warmUp(
      pools.map(({ contender }) => contender),
      intents,
      server.pid,
    );
    const measured = await interleave(pools, rounds, ({ contender }) =>
      throughputRound(contender, intents, server.pid),
    );
    await admin.close();
    const found = [...measured].map(([pool, list]) => ({ partitions: pool.partitions, summary: summarize(list) }));
    return {
      columns: [{ title: 'subject' }, { title: 'partitions' }, { title: 'mailboxes' }, ...throughputColumns],
      rows: found.map((one) => ['parley', one.partitions, mailboxes, ...throughputCells(one.summary)]),
      lines: found.map((one) => ({
        bench: 'partitions',
        subject: 'parley',
        partitions: one.partitions,
        mailboxes,
        ...throughputFields(one.summary),
      })),
      verdicts: [],
    };
  } finally {
    for (const parley of meshes) await parley[Symbol.asyncDispose]();
    await server.stop();
  }
}
