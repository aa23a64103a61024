/** One attempt to handle an intent, from the mailbox to the verdict. */
import type { FailureCause } from '../../core/supervision.ts';
import type { Lane, QueuedIntent } from '../../mailbox/lane.ts';
import type { Lease } from '../../mailbox/lease.ts';
import type { IntentDelivery } from '../activation-host.ts';
import type { CompiledAgent } from '../compiled-agent.ts';

/** A message as the mailbox dispatches it: it may not be an intent at all. */
export interface Pickup {
  readonly lane: Lane;
  readonly queued: QueuedIntent;
  readonly lease: Lease;
}

/** A decoded intent that its agent may handle. */
export interface Attempt extends Pickup, IntentDelivery {
  readonly agent: CompiledAgent;
}

/** The same for every attempt at one intent. */
export const causeOf = ({ lane, queued }: Pickup): FailureCause => ({
  id: `${lane.subject} ${queued.seq}`,
  origin: lane.subject,
});
