/** The answer to an external client whose intent was stored. */
export interface Accepted {
  readonly ticket: string;
  readonly intent_id: string;
  readonly to: string;
  readonly stream: string;
  readonly seq: number;
}
