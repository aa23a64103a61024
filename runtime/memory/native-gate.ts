/**
 * Native code that a thread is in must not be cut off: an addon that finds its thread ended when it returns aborts the whole
 * process (measured: `process.exit` during a search of hnswlib-node ends with SIGABRT). So the owner closes the gate, waits for the
 * call that has passed it, and no further one passes.
 */
const [calling, closed] = [0, 1];
/** A call is milliseconds; whoever exits does not wait longer for one that hangs. */
const exitWaitMs = 2_000;

export class NativeGate {
  readonly #cells: Int32Array;

  /** @param shared with the other thread; of 8 bytes */
  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared);
  }

  get isClosed(): boolean {
    return Atomics.load(this.#cells, closed) === 1;
  }

  /** In the thread. @throws Error when it is closed */
  readonly pass = <T>(call: () => T): T => {
    Atomics.store(this.#cells, calling, 1);
    try {
      // looked at after it was said that a call is made: whoever closes the gate either sees the call, or is seen here
      if (this.isClosed) throw new Error('the thread is being ended');
      return call();
    } finally {
      Atomics.store(this.#cells, calling, 0);
      Atomics.notify(this.#cells, calling);
    }
  };

  /** By the owner. */
  close(): void {
    Atomics.store(this.#cells, closed, 1);
  }

  /** By the owner, when it cannot wait in any other way: in a listener of `exit`. */
  closeNow(): void {
    this.close();
    Atomics.wait(this.#cells, calling, 1, exitWaitMs);
  }
}
