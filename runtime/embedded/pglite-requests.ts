/**
 * Cuts the bytes of a client of Postgres' protocol (version 3, chapter "Frontend/Backend Protocol") into requests that can be
 * answered on their own: a greeting, or all messages up to the one that ends a question (Query, Sync).
 *
 * PGlite has one session for all clients and reads half a question of one client and half a question of another as one question: a
 * statement would run with values of another client. Therefore it gets whole questions only.
 */

export type Request =
  /** The first message of a connection, whole. */
  | { readonly kind: 'greeting'; readonly bytes: Uint8Array }
  /** The password that the client gives. */
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'question'; readonly bytes: Uint8Array }
  /** A request for TLS or GSS, before the greeting. */
  | { readonly kind: 'encryption' }
  | { readonly kind: 'goodbye' }
  /** No more can be read from this connection. */
  | { readonly kind: 'violation'; readonly fault: string };

const codes = { v3: 3, tls: 80_877_103, gss: 80_877_104, cancel: 80_877_102 } as const;
const longestGreeting = 10_000;
export const longestQuestion: number = 16 * 1024 * 1024;
const headerBytes = 5;

/** Query and Sync. */
const ends: ReadonlySet<string> = new Set(['Q', 'S']);
/** Parse, Bind, Describe, Execute, Close, Flush. Copying in, function calls and whatever else there is would end PGlite. */
const parts: ReadonlySet<string> = new Set(['P', 'B', 'D', 'E', 'C', 'H']);

export class RequestReader {
  #buffer: Buffer = Buffer.alloc(0);
  /** Bytes of whole messages at the start of the buffer. */
  #whole = 0;
  #awaits: 'greeting' | 'password' | 'question' = 'greeting';

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
  }

  /** `undefined`: more has to arrive first. */
  next(): Request | undefined {
    switch (this.#awaits) {
      case 'greeting':
        return this.#greeting();
      case 'password':
        return this.#password();
      case 'question':
        return this.#question();
      default:
        return this.#awaits satisfies never;
    }
  }

  #greeting(): Request | undefined {
    if (this.#buffer.length < 8) return undefined;
    const [length, code] = [this.#buffer.readInt32BE(0), this.#buffer.readInt32BE(4)];
    if (length < 8 || length > longestGreeting) return { kind: 'violation', fault: 'this is no client of Postgres' };
    if (this.#buffer.length < length) return undefined;
    const bytes = this.#take(length);
    if (code === codes.tls || code === codes.gss) return { kind: 'encryption' };
    if (code === codes.cancel) return { kind: 'goodbye' };
    if (code >> 16 !== codes.v3) return { kind: 'violation', fault: 'only version 3 of the protocol is spoken here' };
    this.#awaits = 'password';
    return { kind: 'greeting', bytes };
  }

  #password(): Request | undefined {
    if (this.#buffer.length < headerBytes) return undefined;
    const type = String.fromCharCode(this.#buffer.readUInt8(0));
    const length = this.#buffer.readInt32BE(1);
    if (type === 'X') return { kind: 'goodbye' };
    if (type !== 'p' || length < 5 || length > longestGreeting)
      return { kind: 'violation', fault: 'a password is expected before anything is asked' };
    if (this.#buffer.length < 1 + length) return undefined;
    this.#awaits = 'question';
    const bytes = this.#take(1 + length);
    return { kind: 'password', password: Buffer.from(bytes.subarray(headerBytes, length)).toString('utf8') };
  }

  #question(): Request | undefined {
    for (;;) {
      if (this.#buffer.length < this.#whole + headerBytes) return undefined;
      const type = String.fromCharCode(this.#buffer.readUInt8(this.#whole));
      const length = this.#buffer.readInt32BE(this.#whole + 1);
      if (type === 'X') return { kind: 'goodbye' };
      if (!ends.has(type) && !parts.has(type))
        return { kind: 'violation', fault: `a message of type ${JSON.stringify(type)} cannot be answered here` };
      const end = this.#whole + 1 + length;
      if (length < 4 || end > longestQuestion)
        return { kind: 'violation', fault: `a question may have at most ${longestQuestion} bytes` };
      if (this.#buffer.length < end) return undefined;
      this.#whole = end;
      if (ends.has(type)) return { kind: 'question', bytes: this.#take(end) };
    }
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    this.#whole = 0;
    return taken;
  }
}
