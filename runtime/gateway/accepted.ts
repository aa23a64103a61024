/** What a client outside gets for an intent that was stored. */
export interface Accepted {
  readonly ticket: string;
  readonly intent_id: string;
  readonly to: string;
  readonly stream: string;
  readonly seq: number;
}
