/**
 * Ends sockets that the client library (2.29) forgets: when a server accepts a connection and sends nothing, the library gives up
 * the attempt, but leaves its socket open, which keeps the process alive. The library's transport is patched in place, because it
 * creates its sockets itself and exposes none.
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
