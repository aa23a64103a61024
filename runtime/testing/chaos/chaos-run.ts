/**
 * Runs servers, nodes, senders and faults until the mesh is at rest, then checks the history against the rules.
 *
 * start ──▶ load and faults ──▶ faults undone ──▶ senders end ──▶ drained ──▶ nodes end ──▶ replicas compared ──▶ checked
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigFile } from '../../cli/daemon-config.ts';
import { type Clock, sleep, sleepUnlessAborted, systemClock } from '../../core/clock.ts';
import { mailboxStream } from '../../core/subjects.ts';
import { findNatsServer } from '../../embedded/index.ts';
import { connectJetStream } from '../../transport/jetstream/index.ts';
import type { ChaosOptions } from './chaos-options.ts';
import { type Checked, check } from './checker/check.ts';
import type { RunEnd } from './checker/run-record.ts';
import { Disposables } from './disposables.ts';
import { type RanFaults, runFaults } from './fault-runner.ts';
import { scheduleFaults } from './fault-schedule.ts';
import type { FaultTargets } from './fault-targets.ts';
import { machineMs } from './history-event.ts';
import { HistoryFile, readHistory } from './history-file.ts';
import { type Link, openLink } from './link.ts';
import { NodeProcess } from './node-process.ts';
import { Observer } from './observer.ts';
import { compareReplicas } from './replicas.ts';
import { SenderProcess } from './sender-process.ts';
import { ServerSet } from './server-set.ts';
import { siblingProgram } from './sibling-program.ts';
import { until } from './until.ts';
import { mayDie } from './workload-mix.ts';

export interface ChaosResult extends Checked, RanFaults {
  readonly replicasCompared: boolean;
}

export interface RunPlace {
  /** The folder of all files of the run. */
  readonly folder: string;
  /** Receives progress for display. */
  readonly say: (line: string) => void;
}

const mesh = 'chaos';
const pool = 'main';
/** Small enough for a flood to fill. */
const storeBytes = 12 * 1024 ** 2;
const partitions = 8;
const drainSeconds = 5;
const startMs = 60_000;
const gatewaysMs = 250;
/** The longest wait at the end: the deadline of a send, the deadline of an ask, all lanes of a flood. */
const restMs = 180_000;
/** A backlog that has not changed for this time will not shrink: longer than every pause of the runtime. */
const stillMs = 45_000;
/** A state that has lasted this long is stable, not a transition. */
const calmMs = 1_000;
const lookMs = 100;

export async function runChaos(options: ChaosOptions, { folder, say }: RunPlace): Promise<ChaosResult> {
  const clock = systemClock;
  const [history, logs] = [join(folder, 'history'), join(folder, 'logs')];
  await mkdir(history, { recursive: true, mode: 0o700 });
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const found = await findNatsServer({ say });
  say(
    `seed ${options.seed}: ${options.nodes} nodes, ${options.servers} servers ${found.version}, everything in ${folder}`,
  );
  await using servers = await ServerSet.start({ binary: found.path, servers: options.servers, folder, clock, say });
  let ran: RanFaults;
  let end: RunEnd;
  {
    using file = new HistoryFile(history, 'run');
    ({ ran, end } = await runOn(servers, options, { file, history, logs, clock, say }));
  }
  const replicasCompared = options.servers > 1;
  if (replicasCompared) {
    end = { ...end, replicaDifferences: await compareReplicas(servers, clock), replicasCompared };
  }
  const checked = check(await readHistory(history), end, { mayDie });
  return { ...checked, ...ran, replicasCompared };
}

interface Ground {
  readonly file: HistoryFile;
  /** The folder of the history. */
  readonly history: string;
  readonly logs: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

async function runOn(
  servers: ServerSet,
  options: ChaosOptions,
  { file, history, logs, clock, say }: Ground,
): Promise<{ readonly ran: RanFaults; readonly end: RunEnd }> {
  await using stack = new Disposables();
  const open = async (name: string): Promise<Link> => stack.use(await openLink(name, servers, clock));
  const config = join(logs, 'parley.config.json');
  await writeFile(config, JSON.stringify(daemonFile(options)));
  const nodes: NodeProcess[] = [];
  const links: Link[] = [];
  for (let i = 0; i < options.nodes; i++) {
    const link = await open(`node-${i}`);
    links.push(link);
    const plan = {
      name: link.name,
      app: options.app ?? siblingProgram(import.meta.url, 'workload'),
      folder: logs,
      historyFolder: history,
      nats: link.url,
      config,
      drainMs: drainSeconds * 1_000,
      ...(options.broken === undefined ? {} : { broken: options.broken }),
    };
    nodes.push(stack.use(new NodeProcess(plan, file, clock)));
  }
  for (const node of nodes) {
    node.start();
    await until(clock, `${node.process} runs`, startMs, () => node.gateway);
  }
  const transport = stack.use(await connectJetStream({ url: servers.url, mesh, replicas: options.servers }));
  const observer = stack.use(new Observer({ transport, nodes, history: file, clock, pool }));
  await until(clock, 'a node serves', startMs, () => nodes.some(({ isReady }) => isReady) || undefined);
  const senderLink = await open('sender');
  links.push(senderLink);
  const { seed, rate } = options;
  const sender = stack.use(
    await SenderProcess.start({ history, process: 'sender', nats: senderLink.url, mesh, seed, rate }, logs),
  );
  const stopTelling = tellGateways(sender, nodes, clock);
  const stream = mailboxStream(mesh, pool);
  const targets: FaultTargets = { servers, nodes, links, sender, observer, history: file, clock, stream, say };
  const ran = await runFor(targets, options);
  const end = await rest(targets);
  stopTelling();
  return { ran, end };
}

const daemonFile = ({ servers }: ChaosOptions): ConfigFile => ({
  mesh,
  log: 'info',
  drainSeconds,
  ingress: 'off',
  egress: 'off',
  partitions,
  limits: { replicas: servers, storeBytes },
});

/** Reports gateways to the senders: they change with every start of a node. */
function tellGateways(sender: SenderProcess, nodes: readonly NodeProcess[], clock: Clock): () => void {
  const stopping = new AbortController();
  const tell = async (): Promise<void> => {
    let announced = '';
    while (!stopping.signal.aborted) {
      const urls = nodes.flatMap(({ gateway }) => gateway ?? []);
      if (announced !== urls.join()) sender.tell({ kind: 'gateways', urls });
      announced = urls.join();
      await sleepUnlessAborted(clock, gatewaysMs, stopping.signal);
    }
  };
  void tell();
  return () => stopping.abort();
}

async function runFor(targets: FaultTargets, options: ChaosOptions): Promise<RanFaults> {
  const { clock, sender } = targets;
  const stopping = new AbortController();
  const faults = runFaults(targets, scheduleFaults(options), stopping.signal);
  try {
    await Promise.race([Promise.all([faults, sleep(clock, options.minutes * 60_000)]), sender.watch()]);
  } finally {
    stopping.abort();
  }
  return faults;
}

/** Waits until everything works again, every send has its answer, every accepted intent is finished. */
async function rest(targets: FaultTargets): Promise<RunEnd> {
  const { servers, nodes, sender, observer, clock, say } = targets;
  say('the faults are over: waiting until everything has come to rest');
  await servers.allHealthy();
  for (const node of nodes) node.start();
  await sender.end(clock);
  const backlog = await drained(targets);
  if (backlog > 0) for (const line of observer.health) say(line);
  await Promise.all(nodes.map((node) => node.terminate()));
  await observer.readLogs();
  return {
    t: machineMs(),
    archived: observer.archived,
    backlog,
    partitions,
    replicaDifferences: [],
    replicasCompared: false,
  };
}

/** @returns how many messages are left when the backlog stops changing, or the time is over */
async function drained({ observer, clock }: FaultTargets): Promise<number> {
  const end = clock.monotonic() + restMs;
  let [left, since] = [Number.NaN, clock.monotonic()];
  for (;;) {
    const [backlog, now] = [await observer.backlog(), clock.monotonic()];
    if (backlog !== undefined && backlog !== left) [left, since] = [backlog, now];
    if (now - since >= (left === 0 ? calmMs : stillMs) || now >= end) return left;
    await sleep(clock, lookMs);
  }
}
