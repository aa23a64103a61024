/** Tracks the sockets of an HTTP server, so that it can close: a silent or half-sent request would keep it open for ever. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, within } from '../core/clock.ts';
import { HttpConnection } from './http-connection.ts';

/** The time for the last answers. */
const answersMs = 200;

export class OpenSockets {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #connections = new Map<Duplex, HttpConnection>();

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    server.on('connection', (socket: Socket) => {
      this.#connections.set(socket, new HttpConnection(socket));
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** Returns the connection of a socket; a closed one accepts nothing. */
  of(socket: Duplex): HttpConnection {
    return this.#connections.get(socket) ?? new HttpConnection(socket);
  }

  /** Stops accepting, answers pending requests, cuts the other connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const [socket, { isHandling }] of this.#connections) if (!isHandling) socket.destroy();
    await within(this.#clock, answersMs, closed);
    for (const socket of this.#connections.keys()) socket.destroy();
    await closed;
  }
}
