/** What a load sender is told to send, and what it says of that: both pass between processes as JSON. */

export interface LoadJob {
  readonly senders: number;
  readonly receivers: readonly string[];
  readonly intents: number;
  /** `null`: as fast as it can. */
  readonly ratePerSecond: number | null;
  /** What becomes of an intent whose lane is full. */
  readonly mode: 'reject' | 'wait';
}

export interface LoadResult {
  /** Numbers of the intents that the server confirmed: a set of bits, Base64. */
  readonly confirmed: string;
  readonly tickets: number;
  /** How many were refused, by error code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export type ToLoadSender = { readonly kind: 'job'; readonly job: LoadJob };

export type FromLoadSender =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string };

/** Numbers from 0, one bit each. */
export class BitSet {
  readonly #bits: Uint8Array;

  constructor(size: number) {
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  static from(text: string): BitSet {
    const bits = Buffer.from(text, 'base64');
    const set = new BitSet(bits.length * 8);
    set.#bits.set(bits);
    return set;
  }

  add(n: number): void {
    this.#bits[n >> 3] = (this.#bits[n >> 3] ?? 0) | (1 << (n & 7));
  }

  has(n: number): boolean {
    return ((this.#bits[n >> 3] ?? 0) & (1 << (n & 7))) !== 0;
  }

  toString(): string {
    return Buffer.from(this.#bits).toString('base64');
  }
}
