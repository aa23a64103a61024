/** Shuts a node down: stops intake, drains running handlers, releases resources. */
import { type Clock, sleep, within } from '../core/clock.ts';
import type { NodeParts } from './composition.ts';
import type { IdleWatch } from './idle-watch.ts';
import type { NodeCounts } from './node-counts.ts';
import type { CompiledNode } from './node-options.ts';
import type { NodeStatus } from './node-status.ts';
import type { ReadyNode } from './open-services.ts';
import type { PoolMember } from './pool-member.ts';

/** Minimum time for releasing partitions and leaving the registry; the remaining drain time is added. */
const leaveMs = 1_000;

export interface Running {
  readonly setup: ReadyNode;
  readonly parts: NodeParts;
  readonly member: PoolMember;
  readonly status: NodeStatus;
  readonly idleWatch: IdleWatch;
  /** Aborted after the drain. */
  readonly stopping: AbortController;
}

/** Stops intake, drains running handlers for up to `drainMs`, releases resources. */
export async function shutDown(
  { setup, parts, member, status, idleWatch, stopping }: Running,
  drainMs: number,
): Promise<void> {
  const { clock } = setup;
  const until = clock.monotonic() + drainMs;
  member.stopJoining();
  await drain(clock, parts, {
    counts: () => status.counts,
    pullFinished: () => member.server?.pullFinished() ?? true,
    drainMs,
  });
  stopping.abort();
  setup.opened.abort();
  idleWatch.close();
  closeParts(parts);
  await leave(member, Math.max(leaveMs, until - clock.monotonic()), setup);
  parts.congestion.stop();
}

/** Also stops when the signal has aborted before: it does not fire again. */
export function stopOnAbort(signal: AbortSignal | undefined, stop: () => Promise<void>): void {
  if (signal?.aborted === true) void stop();
  signal?.addEventListener('abort', () => void stop(), { once: true });
}

interface Draining {
  readonly counts: () => NodeCounts;
  /** Pulls what must be delivered by the current feeds before it can be acknowledged. @returns whether that is done */
  readonly pullFinished: () => boolean;
  readonly drainMs: number;
}

/** Drains for up to `drainMs`: handlers finish, their sends are stored, their acknowledgements confirmed. */
async function drain(clock: Clock, parts: NodeParts, { counts, pullFinished, drainMs }: Draining): Promise<void> {
  const { inbox, activations, messenger } = parts;
  inbox.stop();
  activations.stop();
  const until = clock.monotonic() + drainMs;
  const drained = (): boolean => {
    const { handling, sending, unconfirmed } = counts();
    return pullFinished() && handling === 0 && sending === 0 && unconfirmed === 0;
  };
  while (!drained() && clock.monotonic() < until) {
    // remaining handlers wait for agents that no longer begin; they continue after the next start
    const { handling } = counts();
    if (handling > 0 && handling <= messenger.askingHere) messenger.abandonHere();
    await sleep(clock, 10);
  }
  await within(clock, Math.max(1, until - clock.monotonic()), activations.end());
}

/** Closes the parts; rejects everything that still waits. */
function closeParts({ aborts, messenger, egress, escalations, lanes, loader }: NodeParts): void {
  aborts.abort();
  messenger.close();
  egress.close();
  escalations.stop();
  lanes.close();
  loader.stop();
}

/** Leaves the pool. If the store does not answer, the pool's next node detects that by itself. */
async function leave(
  member: PoolMember,
  ms: number,
  { clock, log }: Pick<CompiledNode, 'clock' | 'log'>,
): Promise<void> {
  const left = await within(
    clock,
    ms,
    member.leave().then(() => true),
  );
  if (left === undefined) log.warn({ ms }, 'the store did not answer: its partitions are not given back');
}
