/** One of the compared ways from senders to handlers. */

export type BenchTargetName =
  | 'control'
  | 'control-tuned'
  | 'raw'
  | 'parley'
  | 'parley-agents'
  | 'parley-tell'
  | 'previous'
  | 'previous-agents'
  | 'previous-tell';

export interface BenchTarget {
  readonly name: BenchTargetName;
  readonly mailboxes: number;
  /**
   * Publishes this many intents, all of them confirmed, delivered once, handled and acknowledged; resolves when the store is empty
   * again.
   * @throws Error when one was lost, refused, or arrived twice
   */
  run(intents: number): Promise<void>;
}
