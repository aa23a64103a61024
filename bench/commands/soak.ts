/** `bench soak`: runs a daemon under a long steady load; measures its memory growth, checks how it ends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNode } from '../../runtime/node/node.ts';
import type { Transport } from '../../runtime/transport/index.ts';
import { connectJetStream } from '../../runtime/transport/jetstream/index.ts';
import type { Report } from '../report/report.ts';
import { type SoakFigures, soakReport } from '../report/soak-report.ts';
import { type BenchServer, startBenchServer } from '../server.ts';
import { SoakDaemon } from '../soak/daemon.ts';
import { FinishedIntents } from '../soak/finished.ts';
import { growthOf, isCompiled, type SoakSample } from '../soak/growth.ts';
import { Ledger } from '../soak/ledger.ts';
import { SoakLoad } from '../soak/load.ts';
import { sayProgress } from '../soak/progress.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Intents per second. */
  readonly rate: number;
  /** Bytes that the daemon leaks on purpose for every intent, to test that the soak finds the leak. */
  readonly leak: number;
}

const mesh = 'soak';
const pool = 'main';
const sampleMs = 2_000;
/** The time for the next daemon to finish what the first one left. */
const drainMs = 60_000;

export async function soak(options: SoakOptions): Promise<Report> {
  const server = await startBenchServer();
  const folder = await mkdtemp(join(tmpdir(), 'parley-soak-'));
  try {
    return soakReport(await run(options, server, folder));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run({ minutes, rate, leak }: SoakOptions, { url }: BenchServer, folder: string): Promise<SoakFigures> {
  await using transport = await connectJetStream({ url, mesh });
  await using node = await startNode({ agents: [] }, { transport, mesh, egress: 'off' });
  const place = { url, mesh, folder, leak, compiled: isCompiled(minutes) };
  using daemon = await SoakDaemon.start(place);
  const ledger = new Ledger();
  const finished = new FinishedIntents(transport, ledger);
  using load = new SoakLoad({ node, gateway: daemon.gateway, ledger });
  const loaded = load.run(rate);
  const samples = await sample(minutes, daemon, ledger, finished);
  const { refusals } = load;
  const askedAt = performance.now();
  const exit = await daemon.terminate();
  const endSeconds = (performance.now() - askedAt) / 1000;
  load.end();
  await loaded;
  const leftByFirst = await transport.pools.backlog(pool);
  using next = await SoakDaemon.start(place);
  const leftByNext = await drained(transport);
  const exits = [exit, await next.terminate()];
  await finished.read();
  return {
    minutes,
    ratePerSecond: rate,
    growth: growthOf(samples, minutes),
    resources: samples.at(-1)?.reading.resources ?? {},
    accepted: ledger.accepted,
    refusals,
    dead: finished.dead,
    exits,
    endSeconds,
    leftByFirst,
    leftByNext,
    lost: ledger.open,
  };
}

async function sample(
  minutes: number,
  daemon: SoakDaemon,
  ledger: Ledger,
  finished: FinishedIntents,
): Promise<readonly SoakSample[]> {
  const samples: SoakSample[] = [];
  const startedAt = performance.now();
  for (let n = 1; n * sampleMs <= minutes * 60_000; n++) {
    await sleep(Math.max(0, startedAt + n * sampleMs - performance.now()));
    const reading = await daemon.probe();
    const activations = await daemon.metric('parley_activations');
    const minute = (performance.now() - startedAt) / 60_000;
    const taken: SoakSample = { minute, accepted: ledger.accepted, reading, activations };
    samples.push(taken);
    await finished.read();
    sayProgress(taken, n, minutes, ledger.open);
  }
  return samples;
}

/** @returns the intents that are left when its time is over */
async function drained(transport: Transport): Promise<number> {
  const until = performance.now() + drainMs;
  let left = await transport.pools.backlog(pool);
  while (left > 0 && performance.now() < until) {
    await sleep(100);
    left = await transport.pools.backlog(pool);
  }
  return left;
}
