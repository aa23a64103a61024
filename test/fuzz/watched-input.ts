/** The current input of a thread, in memory that its parent reads even when the thread never returns. */

const longest = 1_024 * 1_024;
const headInts = 2;

export class WatchedInput {
  readonly memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(headInts * 4 + longest)) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, headInts);
    this.#bytes = new Uint8Array(memory, headInts * 4);
  }

  /** Says what is tried now; `undefined`: nothing. */
  set(input: Buffer | undefined): void {
    if (input !== undefined) this.#bytes.set(input.subarray(0, longest));
    Atomics.store(this.#head, 1, input === undefined ? -1 : Math.min(input.length, longest));
    Atomics.add(this.#head, 0, 1);
  }

  /** Another number with every call of `set`. */
  get turn(): number {
    return Atomics.load(this.#head, 0);
  }

  get input(): Buffer | undefined {
    const length = Atomics.load(this.#head, 1);
    return length < 0 || this.turn === 0 ? undefined : Buffer.from(this.#bytes.slice(0, length));
  }
}
