/** The port to one partition's deliveries: messages in order, each to be acknowledged. */
import type { Delivery } from '../core/delivery.ts';

export interface FeedPlace {
  readonly pool: string;
  readonly partition: number;
  readonly epoch: number;
}

/** The claim of a partition is the sink: `runtime/cluster/partition-claim.ts`. */
export interface FeedSink {
  deliver(delivery: Delivery): void;
  /** Called once when the feed has ended: claim the partition again, or learn that it is lost. */
  broken(reason: FeedBreak): void;
}

/**
 * - `disconnected`: the connection was lost, perhaps with messages in transit.
 * - `gap`: a message that the server counts as delivered did not arrive.
 * - `leader_moved`: another server leads the consumer now. Acknowledgements on their way to the old one are lost, and one that
 *   the new one confirms does not cover them (measured with `replicas: 3`).
 * - `deleted`: the consumer is gone: another owner, or an operator.
 */
export type FeedBreak = 'disconnected' | 'gap' | 'leader_moved' | 'deleted';

export interface Feed {
  /**
   * True when it has delivered everything that was stored when it opened: earlier messages that it has not delivered are gone.
   */
  readonly isCaughtUp: boolean;
  /**
   * Keeps up to `messages` requested from the store; 0 stops. A message already requested may still come. A feed that requests
   * nothing stays alive: it does not break for its own silence.
   */
  window(messages: number): void;
  /** Acknowledges one message that this feed delivered, unconfirmed. Without effect for any other. */
  ack(seq: number): void;
  /**
   * Acknowledges one message; resolves when the server has confirmed it and every `ack` before it on this feed.
   * @throws NotDeliveredError when this feed did not deliver it; TransportUnavailableError
   */
  ackConfirmed(seq: number): Promise<void>;
  /** Stops delivering, and deletes the consumer so that the next owner need not wait. */
  close(): Promise<void>;
}
