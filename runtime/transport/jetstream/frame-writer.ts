/**
 * Writes publishes as frames of the NATS protocol (docs.nats.io/reference/reference-protocols/nats-protocol), several to a slab
 * of memory, and queues them behind whatever the client library has queued. The library itself makes four arrays of each, one of
 * them with a `TextEncoder`: a tenth of what an intent costs a node (`npm run bench -- throughput`).
 *
 * Architecture invariant: it writes only what the library would have sent. Where the library would throw (closed, draining, too
 * large), or is not the one known here, the library is left to do it.
 */
import type { NatsConnection } from 'nats';

/** What the library's connection keeps behind its interface (nats 2.29). */
interface Protocol {
  readonly info: { readonly headers?: boolean; readonly max_payload: number } | undefined;
  readonly noMorePublishing: boolean;
  outBytes: number;
  outMsgs: number;
  isClosed(): boolean;
  sendCommand(frame: Uint8Array): void;
}

const slabBytes = 64 * 1024;
const carriageReturn = 13;
const lineFeed = 10;

export class FrameWriter {
  readonly #protocol: Protocol;
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  /** @returns `undefined` for a library whose connection looks different */
  static of(connection: NatsConnection): FrameWriter | undefined {
    const { protocol } = connection as NatsConnection & { readonly protocol?: unknown };
    return isProtocol(protocol) ? new FrameWriter(protocol) : undefined;
  }

  private constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  /**
   * @param headers a whole block, ASCII, from `NATS/1.0` to its empty line; empty: none
   * @returns whether it is queued; otherwise the library must be asked, and says why not
   */
  publish(subject: string, reply: string, headers: string, payload: Uint8Array): boolean {
    const protocol = this.#protocol;
    const { info } = protocol;
    const size = headers.length + payload.length;
    if (info === undefined || size > info.max_payload || protocol.noMorePublishing || protocol.isClosed()) return false;
    if (headers !== '' && info.headers !== true) return false;
    protocol.outBytes += size;
    protocol.outMsgs++;
    protocol.sendCommand(this.#frame(headOf(subject, reply, headers.length, size) + headers, payload));
    return true;
  }

  #frame(text: string, payload: Uint8Array): Uint8Array {
    // a UTF-16 unit takes 3 bytes of UTF-8 at the most
    const most = 3 * text.length + payload.length + 2;
    if (this.#used + most > this.#slab.length) this.#newSlab(most);
    const slab = this.#slab;
    const start = this.#used;
    let at = start + slab.write(text, start);
    slab.set(payload, at);
    at += payload.length;
    slab[at++] = carriageReturn;
    slab[at++] = lineFeed;
    this.#used = at;
    return new Uint8Array(slab.buffer, slab.byteOffset + start, at - start);
  }

  #newSlab(bytes: number): void {
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
    this.#used = 0;
  }
}

function headOf(subject: string, reply: string, headers: number, size: number): string {
  const to = reply === '' ? subject : `${subject} ${reply}`;
  return headers === 0 ? `PUB ${to} ${size}\r\n` : `HPUB ${to} ${headers} ${size}\r\n`;
}

function isProtocol(value: unknown): value is Protocol {
  if (typeof value !== 'object' || value === null) return false;
  const { sendCommand, isClosed, noMorePublishing, outBytes, outMsgs } = value as Partial<
    Record<keyof Protocol, unknown>
  >;
  return (
    typeof sendCommand === 'function' &&
    typeof isClosed === 'function' &&
    typeof noMorePublishing === 'boolean' &&
    typeof outBytes === 'number' &&
    typeof outMsgs === 'number'
  );
}
