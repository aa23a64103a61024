/** The result of a confirmed send, with which the intent can be found again. */

export interface Ticket {
  readonly intent_id: string;
  /** The receiver: `kind` or `kind/key`. */
  readonly to: string;
  /** The stream that stored it. */
  readonly stream: string;
  /** Its sequence number in that stream: the order of acceptance. */
  readonly seq: number;
}
