/** Capability: sends intents or questions in an agent's name, while this node owns its partition. */
import type { AgentRef } from '../../core/agent-ref.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type { IntentDraft } from '../../core/intent.ts';
import type { Lease } from '../../mailbox/lease.ts';
import type { AskOptions, BroadcastResult, Speaker } from '../../messaging/speech.ts';
import type { Ask, Tell } from '../context.ts';
import type { Messaging } from './ports.ts';

/** @param lease of the sender's partition; without one it belongs to no partition */
export interface Sender extends Speaker {
  readonly lease: Lease | undefined;
  /** Why it may not send any more. */
  readonly obstacle: Error | undefined;
}

/**
 * Begins at once while contact with the store is proved. Otherwise waits for the proof, because another node may own the
 * partition.
 * @throws PartitionLostError
 */
export function whenOwned<T>(lease: Lease | undefined, begin: () => Promise<T>): Promise<T> {
  if (lease === undefined || lease.isFresh) return begin();
  return lease.whenFresh().then(begin);
}

/** The same for what a sender says or keeps. @throws HandlingEndedError, PartitionLostError */
export const sayAs = <T>({ lease, obstacle }: Sender, say: () => Promise<T>): Promise<T> =>
  obstacle === undefined ? whenOwned(lease, say) : Promise.reject(obstacle);

export const tellAs =
  (messaging: Messaging, sender: Sender): Tell =>
  (to: string | AgentRef, draft: unknown, options?: unknown) =>
    sayAs(sender, () => {
      if (options === undefined) return messaging.tell(sender, to, draft as IntentDraft);
      throw new InvalidOptionError('tell', 'without options in an agent: it always waits for room', options);
    });

export const askAs = (messaging: Messaging, sender: Sender): Ask =>
  ((to: string | AgentRef, draft: IntentDraft, options: AskOptions = {}) =>
    sayAs(sender, () => messaging.ask(sender, to, draft, options))) as Ask;

export const broadcastAs =
  (messaging: Messaging, sender: Sender) =>
  (draft: IntentDraft): Promise<BroadcastResult> =>
    sayAs(sender, () => messaging.broadcast(sender, draft));
