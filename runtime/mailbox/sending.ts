/** One send to a lane: what its sender chose, and how it is told what became of it. */
import type { Publication } from '../core/publication.ts';

/** What becomes of an intent whose lane is full: refused, kept until there is room or its deadline passes, or let go. */
export type SendMode = 'reject' | 'wait' | 'drop';

export interface Sending {
  /** By which its sender sends it again. */
  readonly intentId: string;
  readonly publication: Publication;
  readonly mode: SendMode;
  /** How long the sender waits for the server's word, milliseconds. */
  readonly deadlineMs: number;
  /** Called with the sequence at which it is stored. */
  readonly stored: (seq: number) => void;
  /** Called only in mode `drop`, when there was no room. */
  readonly dropped: () => void;
  /** Called with an error of one of the classes of `mailbox-errors.ts`. */
  readonly refused: (error: Error) => void;
}
