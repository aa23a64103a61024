/** One send to a lane: the sender's choices with the callbacks for its outcome. */
import type { Publication } from '../core/publication.ts';

/** The behaviour when the lane is full: reject, wait until there is room or the deadline passes, or drop. */
export type SendMode = 'reject' | 'wait' | 'drop';

/** Exactly one of its methods is called, once. */
export interface Sending {
  /** The id with which the sender may resend it. */
  readonly intentId: string;
  readonly publication: Publication;
  readonly mode: SendMode;
  /** When the sender stops waiting for the server's answer: monotonic, milliseconds. */
  readonly giveUpAt: number;
  /** @param seq sequence number in the stream */
  stored(seq: number): void;
  /** Called when there was no room. Only in mode `drop`. */
  dropped(): void;
  /** @param error of one of the classes of `mailbox-errors.ts` */
  refused(error: Error): void;
}
