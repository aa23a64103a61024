/**
 * Bounds the connections of the HTTP server. Above the limit it closes the connection that has kept it waiting longest: an idle
 * one, or one whose request has not arrived in full. It never cuts off a request that is being answered.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Applies the limit. @param isBusy whether a request on the connection still needs an answer */
export function limitConnections(server: Server, limit: number, isBusy: (socket: Socket) => boolean): void {
  // ordered by the start of their wait
  const waiting = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    socket.once('close', () => {
      connections--;
      waiting.delete(socket);
    });
    waiting.add(socket);
    if (connections <= limit) return;
    const [longest = socket] = waiting;
    waiting.delete(longest);
    longest.destroy();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (hasBody(request)) request.once('end', () => waiting.delete(socket));
    else waiting.delete(socket);
    response.once('close', () => {
      waiting.delete(socket);
      if (!socket.destroyed && !isBusy(socket)) waiting.add(socket);
    });
  });
}

/** A request has a body if one of these headers says so (RFC 9112, section 6). */
function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
