/** How many sends a process keeps in hand, and the refusal of those beyond that: a pure decision. */
import { MailboxFullError, SenderOverloadedError } from './mailbox-errors.ts';
import type { Sending } from './sending.ts';

export interface LaneSenderSettings {
  /** Publishes in flight over all lanes: more only fill buffers. */
  readonly window: number;
  /** Sends waiting behind one lane's publish. */
  readonly queuedPerLane: number;
  /** Sends waiting in all. */
  readonly queued: number;
  /** How long the server remembers a message id, milliseconds. */
  readonly dedupeWindowMs: number;
  /** 1. Any other value loses the lane's order: the property test shows how. */
  readonly inFlightPerLane: number;
}

/** What is known of a lane with sends under way. */
interface BusyLane {
  readonly subject: string;
  /** The server said so last. */
  readonly full: boolean;
  /** Sends that wait behind the one under way. */
  readonly queued: number;
}

/** @param waiting sends that wait in all lanes */
export function refusalOf(
  lane: BusyLane | undefined,
  { mode }: Pick<Sending, 'mode'>,
  waiting: number,
  { queuedPerLane, queued }: LaneSenderSettings,
): MailboxFullError | SenderOverloadedError | undefined {
  if (lane?.full && mode !== 'wait') return new MailboxFullError(lane.subject, 'lane');
  if (lane !== undefined && lane.queued >= queuedPerLane) {
    return new SenderOverloadedError('queuedPerLane', queuedPerLane);
  }
  return waiting >= queued ? new SenderOverloadedError('queued', queued) : undefined;
}
