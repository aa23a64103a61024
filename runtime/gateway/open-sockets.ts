/** The sockets of an HTTP server, so that it can end: one that is silent, or says half a request, would keep it open for ever. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, within } from '../core/clock.ts';

/** For the last answers. */
const answersMs = 200;

export class OpenSockets {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #sockets = new Set<Socket>();
  /** Requests without their answer. */
  readonly #underWay = new Map<Socket, IncomingMessage>();

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.#underWay.set(socket, request);
      response.once('close', () => {
        if (this.#underWay.get(socket) === request) this.#underWay.delete(socket);
      });
    });
  }

  /** Takes no more connections, answers what was asked, and cuts the rest. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) if (this.#underWay.get(socket)?.complete !== true) socket.destroy();
    await within(this.#clock, answersMs, closed);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
