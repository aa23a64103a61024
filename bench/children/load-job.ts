/** The job of a load sender with its result: both pass between processes as JSON. */

export interface LoadJob {
  readonly senders: number;
  readonly receivers: readonly string[];
  readonly intents: number;
  /** `null`: as fast as possible. */
  readonly ratePerSecond: number | null;
  /** How to treat an intent whose lane is full. */
  readonly mode: 'reject' | 'wait';
}

export interface LoadResult {
  /** Numbers of the intents that the server confirmed: a bit set in Base64. */
  readonly confirmed: string;
  readonly tickets: number;
  /** Counts of refused intents, by error code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export type ToLoadSender = { readonly kind: 'job'; readonly job: LoadJob };

export type FromLoadSender =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string };

/** A set of numbers from 0, one bit each. */
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
