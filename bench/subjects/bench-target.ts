/** One of the ways to get intents from senders to handlers that are compared. */

export type BenchTargetName =
  | 'control'
  | 'control-tuned'
  | 'raw'
  | 'parley'
  | 'parley-agents'
  | 'parley-tell'
  | 'previous'
  | 'previous-agents';

export interface BenchTarget {
  readonly name: BenchTargetName;
  readonly mailboxes: number;
  /**
   * Publishes so many intents, all of them confirmed, delivered once, handled and acknowledged; resolves when the store is
   * empty again.
   * @throws Error when one was lost, refused, or came twice
   */
  run(intents: number): Promise<void>;
}
