/** Counts of the intents that a node's inbox holds. */

export interface InboxCounts {
  /** Intents held, those being handled included. */
  readonly held: number;
  readonly handling: number;
  readonly payloadBytes: number;
  /** Estimated. */
  readonly memoryBytes: number;
  /** Redeliveries recognised. */
  readonly repeats: number;
  /** In memory. */
  readonly mailboxes: number;
  readonly lanes: number;
  /** Mailboxes whose intake bucket is empty. */
  readonly throttled: number;
  /** Bytes of finished intents that are not yet archived. */
  readonly unarchivedBytes: number;
}
