/**
 * Writes publishes as frames of the NATS protocol (docs.nats.io/reference/reference-protocols/nats-protocol) behind whatever the
 * client library has queued, with one copy of their bytes. The library itself makes four arrays of each, one of them with a
 * `TextEncoder`, and copies them twice: a tenth of what an intent costs a node (`npm run bench -- throughput`).
 *
 * Architecture invariant: it writes only what the library would have sent. Where the library would throw (closed, draining, too
 * large), or has an unknown version, this writer leaves the publish to the library.
 */
import type { NatsConnection } from 'nats';
import { type LibraryBuffer, Outbound } from './outbound.ts';

/** The internals of the library's connection (nats 2.29). */
interface Protocol {
  readonly info: { readonly headers?: boolean; readonly max_payload: number } | undefined;
  readonly noMorePublishing: boolean;
  /** The library writes to the socket at once above this number of bytes. */
  readonly pendingLimit: number;
  outbound: LibraryBuffer;
  outBytes: number;
  outMsgs: number;
  isClosed(): boolean;
  /** Writes what waits, if it is connected. */
  flushPending(): void;
}

export class FrameWriter {
  readonly #protocol: Protocol;
  readonly #outbound = new Outbound();
  readonly #flush = (): void => this.#protocol.flushPending();

  /** @returns `undefined` for a library whose connection looks different */
  static of(connection: NatsConnection): FrameWriter | undefined {
    const { protocol } = connection as NatsConnection & { readonly protocol?: unknown };
    return isProtocol(protocol) ? new FrameWriter(protocol) : undefined;
  }

  private constructor(protocol: Protocol) {
    this.#protocol = protocol;
    if (protocol.outbound.size() > 0) this.#outbound.fill(protocol.outbound.drain());
    protocol.outbound = this.#outbound;
  }

  /**
   * @param headers a whole block, ASCII, from `NATS/1.0` to its empty line; empty: none
   * @returns whether it is queued; otherwise call the library, which throws the reason
   */
  publish(subject: string, reply: string, headers: string, payload: Uint8Array): boolean {
    const protocol = this.#protocol;
    const { info } = protocol;
    const size = headers.length + payload.length;
    if (info === undefined || size > info.max_payload || protocol.noMorePublishing || protocol.isClosed()) return false;
    if (headers !== '' && info.headers !== true) return false;
    protocol.outBytes += size;
    protocol.outMsgs++;
    this.#queue(headOf(subject, reply, headers.length, size) + headers, payload);
    return true;
  }

  /** As the library does: the first frame is written after this turn's microtasks, with those that follow it by then. */
  #queue(text: string, payload: Uint8Array): void {
    const outbound = this.#outbound;
    const isFirst = outbound.size() === 0;
    if (!isFirst && !outbound.fits(text, payload)) this.#flush();
    outbound.frame(text, payload);
    if (isFirst) queueMicrotask(this.#flush);
    else if (outbound.size() >= this.#protocol.pendingLimit) this.#flush();
  }
}

function headOf(subject: string, reply: string, headers: number, size: number): string {
  const to = reply === '' ? subject : `${subject} ${reply}`;
  return headers === 0 ? `PUB ${to} ${size}\r\n` : `HPUB ${to} ${headers} ${size}\r\n`;
}

function isProtocol(value: unknown): value is Protocol {
  if (typeof value !== 'object' || value === null) return false;
  const { flushPending, isClosed, noMorePublishing, outBytes, outMsgs, outbound, pendingLimit } = value as Partial<
    Record<keyof Protocol, unknown>
  >;
  return (
    typeof flushPending === 'function' &&
    typeof isClosed === 'function' &&
    typeof noMorePublishing === 'boolean' &&
    typeof outBytes === 'number' &&
    typeof outMsgs === 'number' &&
    typeof pendingLimit === 'number' &&
    isBuffer(outbound)
  );
}

function isBuffer(value: unknown): value is LibraryBuffer {
  if (typeof value !== 'object' || value === null) return false;
  const { length, size, fill, drain, reset } = value as Partial<Record<keyof LibraryBuffer, unknown>>;
  return [length, size, fill, drain, reset].every((method) => typeof method === 'function');
}
