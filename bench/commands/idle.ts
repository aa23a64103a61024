/** `bench idle`: measures the memory of a node with its server, for many addressed idle mailboxes, then for few. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { childModule } from '../children/child-module.ts';
import type { IdleAnswer } from '../children/idle-node.ts';
import { interleave } from '../measure/interleave.ts';
import { residentBytes } from '../measure/processes.ts';
import { median } from '../measure/statistics.ts';
import { fewMailboxes, idleBounds, judge } from '../report/bounds.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';

export interface IdleOptions {
  readonly mailboxes: number;
  readonly rounds: number;
}

/** In bytes. */
interface IdleMemory {
  readonly nodeResident: number;
  readonly nodeUsed: number;
  readonly server: number | null;
}

const MiB = 1024 ** 2;

/** The same number of intents in both cases, so that only the number of mailboxes differs. */
export async function idle({ mailboxes, rounds }: IdleOptions): Promise<Report> {
  const measured = await interleave([fewMailboxes, mailboxes], rounds, (count) => idleRound(count, mailboxes));
  const found = [...measured].map(([count, list]) => ({ count, ...condense(list) }));
  const [few, many] = found as [Found, Found];
  return {
    columns: [
      { title: 'mailboxes' },
      { title: 'node RSS MiB', decimals: 1 },
      { title: 'node in use MiB', decimals: 1 },
      { title: 'server RSS MiB', decimals: 1 },
    ],
    rows: found.map((one) => [one.count, one.nodeResident / MiB, one.nodeUsed / MiB, mebibytes(one.server)]),
    lines: found.map((one) => ({
      bench: 'idle',
      subject: 'parley',
      mailboxes: one.count,
      node_rss_mib: tenths(one.nodeResident / MiB),
      node_used_mib: tenths(one.nodeUsed / MiB),
      server_rss_mib: one.server === null ? null : tenths(one.server / MiB),
    })),
    verdicts: [
      judge(idleBounds.node, (many.nodeResident - few.nodeResident) / MiB),
      ...(many.server === null || few.server === null
        ? []
        : [judge(idleBounds.server, (many.server - few.server) / MiB)]),
    ],
  };
}

type Found = IdleMemory & { readonly count: number };

async function idleRound(mailboxes: number, intents: number): Promise<IdleMemory> {
  const server = await startBenchServer();
  const child = fork(childModule('idle-node'), [server.url, String(mailboxes), String(intents)]);
  const ended = once(child, 'exit');
  try {
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [IdleAnswer | number];
    if (typeof answer === 'number') throw new Error(`the idle node ended with code ${answer}`);
    return {
      nodeResident: answer.residentBytes,
      nodeUsed: answer.usedBytes,
      server: residentBytes(server.pid) ?? null,
    };
  } finally {
    if (child.connected) child.disconnect();
    await ended;
    await server.stop();
  }
}

function condense(rounds: readonly IdleMemory[]): IdleMemory {
  const server = rounds.map((round) => round.server).filter((bytes) => bytes !== null);
  return {
    nodeResident: median(rounds.map(({ nodeResident }) => nodeResident)),
    nodeUsed: median(rounds.map(({ nodeUsed }) => nodeUsed)),
    server: server.length === 0 ? null : median(server),
  };
}

const mebibytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / MiB);
const tenths = (value: number): number => Math.round(value * 10) / 10;
