/** What a confirmed send returns; finds the intent again. */

export interface Ticket {
  readonly intent_id: string;
  /** The receiver: `kind` or `kind/key`. */
  readonly to: string;
  /** The stream that stored it. */
  readonly stream: string;
  /** Its place in that stream: order of acceptance. */
  readonly seq: number;
}
