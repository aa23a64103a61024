/** `bench activation`: compares agents that must be activated with active ones, including the memory they free when idle. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { type LatencySummary, medianSummary } from '../measure/latencies.ts';
import { latencyRounds } from '../measure/latency-round.ts';
import { type PassivationRound, passivationRound } from '../measure/passivation-round.ts';
import { median } from '../measure/statistics.ts';
import { activationReport, type Delivered } from '../report/activation-report.ts';
import type { Report } from '../report/report.ts';
import { startBenchServer } from '../server.ts';
import { ParleyMesh } from '../subjects/parley.ts';
import { ParleyProbe } from '../subjects/parley-probe.ts';
import { ParleyTarget } from '../subjects/parley-target.ts';
import { numberOf } from '../subjects/payload.ts';
import { agentKey, agentKind, senderKey, senderKind, senderOf } from '../subjects/routes.ts';
import { coldSubject, WarmAndCold, warmIdleMs, warmSubject } from '../subjects/warm-and-cold.ts';

export interface ActivationOptions {
  readonly rounds: number;
  /** Agents addressed in total. */
  readonly agents: number;
  /** Those of them that stay in memory. */
  readonly active: number;
  /** Intents per second; every second one goes to an agent in memory. */
  readonly rate: number;
  readonly seconds: number;
  /** In seconds. */
  readonly idle: number;
}

export async function activation(options: ActivationOptions): Promise<Report> {
  const { agents, active } = options;
  if (active >= agents) throw new Error(`--active ${active} of --agents ${agents}: there must be others beside them`);
  const server = await startBenchServer();
  try {
    const delivered = await deliver(options, server.url);
    return activationReport({ agents, delivered, memory: await passivate(options, server.url) });
  } finally {
    await server.stop();
  }
}

async function deliver({ rounds, agents, active, rate, seconds }: ActivationOptions, url: string): Promise<Delivered> {
  const idleMs = warmIdleMs(active, rate);
  await using parley = await ParleyMesh.start(url, { mesh: 'activation', agents: true, idleMs });
  const admin = await connect({ servers: url, noAsyncTraces: true });
  await new ParleyTarget('parley-agents', parley, admin, agents).run(agents);
  await admin.close();
  while (parley.node.counts.active > 0) await sleep(100);

  const turns = new WarmAndCold(agents, active);
  const probe = new ParleyProbe(parley, (n) => {
    const from = `${senderKind}/${senderKey(senderOf(n, active))}`;
    return { from, to: `${agentKind}/${agentKey(turns.receiverOf(n))}` };
  });
  let [handled, otherwise] = [0, 0];
  parley.onIntent((intent, nth) => {
    handled++;
    if ((nth === 1) !== (numberOf(intent.context) % 2 === coldSubject)) otherwise++;
    probe.received(intent);
  });
  const round = (): Promise<readonly LatencySummary[]> =>
    latencyRounds(probe, { pace: 'spin', ratePerSecond: rate, count: rate * seconds }, 2);
  await round();
  [handled, otherwise] = [0, 0];
  const inMemory: number[] = [];
  const measured: (readonly LatencySummary[])[] = [];
  for (let n = 0; n < rounds; n++) {
    measured.push(await round());
    inMemory.push(parley.node.counts.active);
  }
  const summaryOf = (subject: number): LatencySummary => medianSummary(measured.flatMap((all) => all[subject] ?? []));
  return {
    warm: summaryOf(warmSubject),
    activated: summaryOf(coldSubject),
    inMemory: median(inMemory),
    otherwisePercent: (100 * otherwise) / handled,
  };
}

async function passivate(
  { rounds, agents, idle }: ActivationOptions,
  url: string,
): Promise<readonly PassivationRound[]> {
  const idleMs = idle * 1_000;
  const limits = { maxActivations: agents };
  await using parley = await ParleyMesh.start(url, { mesh: 'passivation', agents: true, idleMs, limits });
  const admin = await connect({ servers: url, noAsyncTraces: true });
  const contender = new ParleyTarget('parley-agents', parley, admin, agents);
  const activateAll = async (): Promise<void> => {
    await contender.run(agents);
    parley.onIntent(() => undefined);
  };
  const round = (): Promise<PassivationRound> =>
    passivationRound({ agents, idleMs, activateAll, active: () => parley.node.counts.active });
  await round();
  const measured: PassivationRound[] = [];
  for (let n = 0; n < rounds; n++) measured.push(await round());
  await admin.close();
  return measured;
}
