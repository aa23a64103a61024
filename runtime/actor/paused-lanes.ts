/** Paused lanes: an agent failed too often, each time over intents of the lane's sender. */
import type { Logger } from '../core/logger.ts';
import type { PausedLaneReport } from '../core/node-report.ts';
import { parseMailboxSubject, senderOf } from '../core/subjects.ts';
import type { Lease } from '../mailbox/lease.ts';

/** Called synchronously; must not throw. */
export interface LaneEvents {
  /** The agent failed too often over intents of one sender. */
  lanePaused(id: string, sender: string, restarts: number): void;
}

interface PausedLane extends PausedLaneReport {
  readonly lease: Lease;
}

export class PausedLanes {
  readonly #log: Logger;
  readonly #events: LaneEvents;
  /** By subject. */
  readonly #lanes = new Map<string, PausedLane>();

  constructor(log: Logger, events: LaneEvents) {
    this.#log = log;
    this.#events = events;
  }

  get count(): number {
    return this.#lanes.size;
  }

  get all(): readonly PausedLaneReport[] {
    return [...this.#lanes.values()].map(({ agent, sender }) => ({ agent, sender }));
  }

  has(subject: string): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(subject);
  }

  /** @param origin subject of the lane */
  pause(
    agent: string,
    lease: Lease,
    { origin, restarts }: { readonly origin: string; readonly restarts: number },
  ): void {
    const at = parseMailboxSubject(origin);
    const sender = at === undefined ? origin : senderOf(at);
    this.#log.error({ agent, sender, restarts }, 'agent failed too often over one sender: that lane is paused');
    this.#lanes.set(origin, { agent, sender, lease });
    this.#events.lanePaused(agent, sender, restarts);
  }

  /** @returns whether the agent had paused lanes */
  resume(agent: string): boolean {
    const subjects = [...this.#lanes].filter(([, lane]) => lane.agent === agent).map(([subject]) => subject);
    for (const subject of subjects) this.#lanes.delete(subject);
    return subjects.length > 0;
  }

  /** Drops the lanes of partitions that this node lost. */
  endLost(): void {
    for (const [subject, { lease }] of [...this.#lanes]) if (lease.lost !== undefined) this.#lanes.delete(subject);
  }
}
