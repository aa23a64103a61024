/** The limits on sends in progress within a process, with the decision to refuse: pure. */
import { MailboxFullError, SenderOverloadedError } from './mailbox-errors.ts';
import type { Sending } from './sending.ts';

/** Why the store cannot be reached now; `undefined` while it can. */
export type StoreObstacle = () => string | undefined;

export interface LaneSenderSettings {
  /** Named by the errors of sends that are too late; none by default. */
  readonly obstacle?: StoreObstacle;
  /** Publishes in flight over all lanes: more would only fill buffers. */
  readonly window: number;
  /** Sends that may wait behind one lane's publish. */
  readonly queuedPerLane: number;
  /** Sends that may wait in total. */
  readonly queued: number;
  /** How long the server remembers a message id, milliseconds. */
  readonly dedupeWindowMs: number;
  /** 1. Any other value breaks the lane's order: the property test shows how. */
  readonly inFlightPerLane: number;
}

/** The state of a lane with sends in progress. */
interface BusyLane {
  readonly subject: string;
  /** The server's last answer was that the lane is full. */
  readonly full: boolean;
  /** Number of sends that wait behind the one in progress. */
  readonly queued: number;
}

/** @param waiting number of sends that wait in all lanes */
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
