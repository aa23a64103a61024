/** One send to a lane: what its sender chose, and how it learns what became of it. */
import type { Publication } from '../core/publication.ts';

/** What becomes of an intent whose lane is full: refused, kept until there is room or its deadline passes, or dropped. */
export type SendMode = 'reject' | 'wait' | 'drop';

/** Exactly one of its methods is called, once. */
export interface Sending {
  /** By which its sender sends it again. */
  readonly intentId: string;
  readonly publication: Publication;
  readonly mode: SendMode;
  /** How long the sender waits for the server's word: monotonic, milliseconds. */
  readonly giveUpAt: number;
  /** @param seq where it is stored */
  stored(seq: number): void;
  /** There was no room. Only in mode `drop`. */
  dropped(): void;
  /** @param error of one of the classes of `mailbox-errors.ts` */
  refused(error: Error): void;
}
