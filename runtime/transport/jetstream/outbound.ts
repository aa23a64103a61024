/**
 * The bytes that wait for the socket, in the order in which they were queued. It takes the place of the client library's own
 * buffer, which keeps an array for each part and copies all of them once more when it writes.
 *
 * Architecture invariant: what was handed to the socket is never overwritten. A slab is used once, from its beginning to its end.
 */

/** The part of the library's buffer that the library calls (nats 2.29). */
export interface LibraryBuffer {
  /** Number of parts. The library only asks whether there are any. */
  length(): number;
  /** Number of bytes. */
  size(): number;
  fill(...parts: readonly Uint8Array[]): void;
  /** Removes all bytes and returns them. */
  drain(): Uint8Array;
  reset(): void;
}

const slabBytes = 64 * 1024;
const carriageReturn = 13;
const lineFeed = 10;
const lineEndBytes = 2;
/** A UTF-16 unit takes 3 bytes of UTF-8 at the most. */
const mostBytesPerUnit = 3;

export class Outbound implements LibraryBuffer {
  #slab: Buffer = Buffer.alloc(0);
  /** The first byte that waits. */
  #start = 0;
  #end = 0;

  length(): number {
    return this.#end > this.#start ? 1 : 0;
  }

  size(): number {
    return this.#end - this.#start;
  }

  fill(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#makeRoom(part.length);
      this.#slab.set(part, this.#end);
      this.#end += part.length;
    }
  }

  /** Tells whether a frame can be added without moving what waits. */
  fits(text: string, payload: Uint8Array): boolean {
    return mostBytesOf(text, payload) <= this.#slab.length - this.#end;
  }

  /** Adds a text, a payload, and the end of a line. */
  frame(text: string, payload: Uint8Array): void {
    this.#makeRoom(mostBytesOf(text, payload));
    const slab = this.#slab;
    let at = this.#end;
    at += slab.write(text, at);
    slab.set(payload, at);
    at += payload.length;
    slab[at] = carriageReturn;
    slab[at + 1] = lineFeed;
    this.#end = at + lineEndBytes;
  }

  drain(): Uint8Array {
    const drained = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return drained;
  }

  reset(): void {
    this.#start = this.#end;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#slab.length - this.#end) return;
    const waiting = this.#slab.subarray(this.#start, this.#end);
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, waiting.length + bytes));
    this.#slab.set(waiting);
    this.#start = 0;
    this.#end = waiting.length;
  }
}

const mostBytesOf = (text: string, payload: Uint8Array): number =>
  mostBytesPerUnit * text.length + payload.length + lineEndBytes;
