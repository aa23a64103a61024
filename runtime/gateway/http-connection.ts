/**
 * One connection: handles its requests in order, each after the answer to the one before.
 *
 * A client may pipeline requests (RFC 9112, section 9.3.2). If they were handled in parallel, an answer that ends the connection
 * would leave the requests behind it handled, stored and unanswered.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handle: () => void;
}

export class HttpConnection {
  readonly #socket: Duplex;
  readonly #waiting: Turn[] = [];
  #current: Turn | undefined;
  /** Ends the connection after the earlier requests are answered. */
  #end: (() => void) | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** True while a request that arrived in full is being handled. */
  get isHandling(): boolean {
    return this.#current?.request.complete === true;
  }

  /** True while a request still needs an answer. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Handles a request after the earlier ones are answered; drops it when one of those answers ended the connection. */
  take(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const turn: Turn = { request, response, handle };
    response.once('close', () => this.#answered(turn));
    if (this.#current === undefined) this.#begin(turn);
    else this.#waiting.push(turn);
  }

  /**
   * Handles a malformed or partial request, which is the last one of the connection.
   * @param end called to answer and end the connection; not called when it ended before
   */
  fail(end: () => void): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (this.#waiting.at(-1)?.request.complete === false) this.#waiting.pop();
    const { request, response } = this.#current ?? {};
    const isPart = request?.complete === false && response?.headersSent === false;
    if (request === undefined || isPart) end();
  }

  #begin(turn: Turn): void {
    this.#current = turn;
    turn.handle();
  }

  #answered(turn: Turn): void {
    if (turn !== this.#current) return;
    this.#current = undefined;
    if (this.#socket.destroyed || this.#socket.writableEnded) {
      this.#waiting.length = 0;
      return;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) this.#begin(next);
    else this.#end?.();
  }
}
