/**
 * Keeps a thread from being ended inside native code: an addon that finds its thread ended when it returns aborts the whole process
 * (measured: `process.exit` during a search of hnswlib-node ends with SIGABRT). The owner closes the gate, then waits for the call
 * that has passed it. A closed gate lets no further call pass.
 */
const [calling, closed] = [0, 1];
/** A call takes milliseconds; the exit of the process does not wait longer for one that hangs. */
const exitWaitMs = 2_000;

export class NativeGate {
  readonly #cells: Int32Array;

  /** @param shared 8 bytes, shared with the other thread */
  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared);
  }

  get isClosed(): boolean {
    return Atomics.load(this.#cells, closed) === 1;
  }

  /** Runs a call, in the thread. @throws Error when the gate is closed */
  readonly pass = <T>(call: () => T): T => {
    Atomics.store(this.#cells, calling, 1);
    try {
      // checked after the call is announced: either the closing owner sees the call, or this check sees the closed gate
      if (this.isClosed) throw new Error('the thread is being ended');
      return call();
    } finally {
      Atomics.store(this.#cells, calling, 0);
      Atomics.notify(this.#cells, calling);
    }
  };

  /** Closes the gate, by the owner. */
  close(): void {
    Atomics.store(this.#cells, closed, 1);
  }

  /** Closes the gate synchronously, by the owner: for a listener of `exit`, which cannot await. */
  closeNow(): void {
    this.close();
    Atomics.wait(this.#cells, calling, 1, exitWaitMs);
  }
}
