/** Injects a fault into the targets, then undoes it. */
import { sleep } from '../../core/clock.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import type { FaultTargets } from './fault-targets.ts';
import { hitProxies } from './link.ts';
import type { NodeProcess } from './node-process.ts';
import type { ServerProcess } from './server-process.ts';
import { chaosUser } from './server-text.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

/** Marks the two halves of a fault. */
export interface Marks {
  /** @param target the process that is hit */
  begin(target?: string): void;
}

/** Resolves when the fault is undone, to `false` when it found no target. */
export type Inflict = (targets: FaultTargets, fault: ScheduledFault, marks: Marks) => Promise<boolean>;

const dayMs = 86_400_000;
const takeoverMs = 60_000;
/** The old owner stays stopped for this time after the new one serves. */
const splitMs = 1_000;
const longestDelayMs = 400;
const mendMs = 5_000;
const otherPassword = 'changed';

export const inflictions: Readonly<Record<FaultKind, Inflict>> = {
  kill_node: (targets, fault, marks) =>
    toNode(targets, fault, marks, async (node) => {
      await node.kill();
      await sleep(targets.clock, fault.for);
      node.start();
    }),
  term_node: (targets, fault, marks) =>
    toNode(targets, fault, marks, async (node) => {
      await node.terminate();
      await sleep(targets.clock, fault.for);
      node.start();
    }),
  stop_node: (targets, fault, marks) =>
    toNode(targets, fault, marks, async (node) => {
      node.pause();
      await sleep(targets.clock, fault.for);
      node.resume();
    }),
  async split_brain(targets, _fault, marks) {
    const { nodes, observer, clock, say } = targets;
    const owner = nodes.find(({ nodeId }) => [...observer.owners.values()].some((id) => id === nodeId));
    if (owner === undefined) return false;
    const { nodeId } = owner;
    const owns = (): boolean => [...observer.owners.values()].some((id) => id === nodeId);
    marks.begin(owner.process);
    owner.pause();
    try {
      await until(clock, 'another node takes over', takeoverMs, () => !owns() || undefined);
      await sleep(clock, splitMs);
    } catch {
      say(`no node took over from ${owner.process} within ${takeoverMs / 1_000} s`);
    } finally {
      owner.resume();
    }
    return true;
  },
  clock_step: (targets, fault, marks) =>
    toNode(targets, fault, marks, async (node) => {
      node.stepClock(Math.round((fault.strength - 0.5) * (dayMs / 6)));
      await sleep(targets.clock, fault.for);
      node.stepClock(0);
    }),
  kill_server: (targets, fault, marks) =>
    toServer(targets, fault, marks, (server) => endAndStart(targets, fault, server, 'SIGKILL')),
  restart_server: (targets, fault, marks) =>
    toServer(targets, fault, marks, (server) => endAndStart(targets, fault, server, 'SIGTERM')),
  stop_server: (targets, fault, marks) =>
    toServer(targets, fault, marks, async (server) => {
      server.pause();
      await sleep(targets.clock, fault.for);
      server.resume();
    }),
  async kill_leader(targets, fault, marks) {
    const leader = await targets.servers.leaderOf(targets.stream);
    if (leader === undefined) return false;
    marks.begin();
    await endAndStart(targets, fault, leader, 'SIGKILL');
    return true;
  },
  async wipe_server(targets, fault, marks) {
    // two copies of every message must exist first
    await targets.servers.allHealthy();
    return toServer(targets, fault, marks, async (server) => {
      await server.end('SIGKILL');
      await server.wipe();
      await sleep(targets.clock, fault.for);
      await server.start();
      await targets.servers.allHealthy();
    });
  },
  async disk_full(targets, fault, marks) {
    const { servers, disks } = targets.servers;
    const at = fault.target % servers.length;
    const [server, disk] = [servers[at], disks[at]];
    if (server === undefined || disk === undefined) return false;
    marks.begin();
    await disk.fill();
    await sleep(targets.clock, fault.for);
    await disk.empty();
    await mend(targets, server);
    return true;
  },
  async auth_errors({ servers: { servers }, clock }, fault, marks) {
    marks.begin();
    await Promise.all(servers.map((server) => server.setPassword(otherPassword)));
    await sleep(clock, fault.for);
    await Promise.all(servers.map((server) => server.setPassword(chaosUser.password)));
    return true;
  },
  cut: (targets, fault, marks) => toNetwork(targets, fault, marks, (proxy) => proxy.cut()),
  delay: (targets, fault, marks) =>
    toNetwork(
      targets,
      fault,
      marks,
      (proxy) => proxy.delay(Math.ceil(fault.strength * longestDelayMs)),
      (proxy) => proxy.delay(0),
    ),
  hold: (targets, fault, marks) =>
    toNetwork(
      targets,
      fault,
      marks,
      (proxy) => proxy.hold(),
      (proxy) => proxy.release(),
    ),
  refuse: (targets, fault, marks) =>
    toNetwork(
      targets,
      fault,
      marks,
      (proxy) => proxy.refuse(),
      (proxy) => proxy.accept(),
    ),
  async quota({ sender, clock }, fault, marks) {
    marks.begin();
    sender.tell({ kind: 'flood', ms: fault.for });
    await sleep(clock, fault.for);
    return true;
  },
};

async function toNode(
  { nodes }: FaultTargets,
  { target }: ScheduledFault,
  marks: Marks,
  run: (node: NodeProcess) => Promise<void>,
): Promise<boolean> {
  const running = nodes.filter(({ isRunning }) => isRunning);
  const node = running[target % running.length];
  if (node === undefined) return false;
  marks.begin(node.process);
  await run(node);
  return true;
}

async function toServer(
  { servers: { servers } }: FaultTargets,
  { target }: ScheduledFault,
  marks: Marks,
  run: (server: ServerProcess) => Promise<void>,
): Promise<boolean> {
  const server = servers[target % servers.length];
  if (server === undefined) return false;
  marks.begin();
  await run(server);
  return true;
}

async function endAndStart(
  { clock }: FaultTargets,
  fault: ScheduledFault,
  server: ServerProcess,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  await server.end(signal);
  await sleep(clock, fault.for);
  await server.start();
  await server.ready();
}

async function toNetwork(
  { links, clock }: FaultTargets,
  fault: ScheduledFault,
  marks: Marks,
  begin: (proxy: TcpProxy) => void | Promise<void>,
  end: (proxy: TcpProxy) => void | Promise<void> = () => undefined,
): Promise<boolean> {
  const proxies = hitProxies(links, fault.target);
  marks.begin();
  await Promise.all(proxies.map(begin));
  await sleep(clock, fault.for);
  await Promise.all(proxies.map(end));
  return true;
}

/** Restarts a server as its operator would: after a full disk, a nats-server disables its streams until a restart. */
async function mend({ clock, say }: FaultTargets, server: ServerProcess): Promise<void> {
  const end = clock.monotonic() + mendMs;
  while (clock.monotonic() < end) {
    if (!(await server.isHealthy())) break;
    await sleep(clock, mendMs / 10);
  }
  if (await server.isHealthy()) return;
  say(`${server.name} is started again: it does not serve after its disk was full`);
  await server.end('SIGTERM');
  await server.start();
  await server.ready();
}
