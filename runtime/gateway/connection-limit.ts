/**
 * Bounds the connections of the HTTP server. When there are too many, the one that has kept the server waiting for the longest
 * makes room: an idle one, or one whose request has not arrived in full. A request that is being answered is never cut off.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** @param isBusy whether a request on the connection has yet to be answered */
export function limitConnections(server: Server, limit: number, isBusy: (socket: Socket) => boolean): void {
  // in the order in which they began to wait
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
