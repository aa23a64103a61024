/**
 * Ends sockets that the client library (2.29) forgets: when a server accepts a connection and says nothing, the library gives the
 * try up and leaves the socket open, one with every try, and each keeps the process alive. Its transport is mended in its place,
 * because it makes its sockets itself and hands out none.
 */
import type { Socket } from 'node:net';
import { NodeTransport } from 'nats/lib/src/node_transport.js';

interface Dialled {
  readonly connected: boolean;
  readonly socket?: Socket;
}

const close = NodeTransport.prototype.close;
let isMended = false;

/** Idempotent. */
export function endSilentSockets(): void {
  if (isMended) return;
  isMended = true;
  NodeTransport.prototype.close = function (this: NodeTransport, error?: Error): Promise<void> {
    const { connected, socket } = this as unknown as Dialled;
    if (!connected) socket?.destroy();
    return close.call(this, error);
  };
}
