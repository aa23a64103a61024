/** One message for one lane, with the server's outcome. */
import type { MessageHeaders } from './delivery.ts';

export interface Publication {
  readonly pool: string;
  /** A mailbox subject: one subject is one lane. */
  readonly subject: string;
  /** Sent as `Nats-Msg-Id`: the server stores one message per id within the window. */
  readonly messageId: string;
  readonly payload: Uint8Array;
  readonly headers?: MessageHeaders | undefined;
}

/**
 * - `stored`: in the stream at `seq`; `duplicate` when an earlier attempt with the same id had been stored.
 * - `mailbox_full`: the lane is at its capacity. Not stored.
 * - `store_full`: the stream is at its limit of bytes or messages. Not stored.
 * - `unavailable`: no server could store it at the moment (no leader, overload). Not stored; try again.
 * - `unknown`: no answer came (time-out, connection lost). Stored or not; try again with the same id.
 * - `rejected`: the server refuses it permanently. Not stored.
 */
export type PublishOutcome =
  | { readonly kind: 'stored'; readonly seq: number; readonly duplicate: boolean }
  | { readonly kind: 'mailbox_full' }
  | { readonly kind: 'store_full' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly code: number; readonly reason: string };

/** Implemented by every transport; `runtime/transport/jetstream/publisher.ts`. */
export interface Publisher {
  /** Sends one message; calls `settle` exactly once, never before `publish` has returned. */
  publish(publication: Publication, settle: (outcome: PublishOutcome) => void): void;
}
