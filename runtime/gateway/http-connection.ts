/**
 * One connection: its requests are handled one after the other, each when the one before has been answered.
 *
 * A client may send several requests without waiting (RFC 9112, section 9.3.2). If they were handled side by side, one whose
 * answer ends the connection would leave those behind it handled, stored and unanswered.
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
  /** Ends the connection, when what was asked before is answered. */
  #end: (() => void) | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** A request that arrived in full is being handled. */
  get isHandling(): boolean {
    return this.#current?.request.complete === true;
  }

  /** Something that was asked has yet to be answered. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Handles a request when those before it have been answered; never when the answer to one of them ended the connection. */
  take(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const turn: Turn = { request, response, handle };
    response.once('close', () => this.#answered(turn));
    if (this.#current === undefined) this.#begin(turn);
    else this.#waiting.push(turn);
  }

  /**
   * What came last is no request, or only a part of one: no other will follow.
   * @param end called when the connection is to be answered and ended; not when it ended before
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
