/** What a node's inbox holds, counted. */

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
  /** Finished, not in the archive yet. */
  readonly unarchivedBytes: number;
}
