/** Exchanges bytes with an HTTP server, without a client library that would repair them. */
import { connect } from 'node:net';
import { DoorFault, hangMs, noAnswer } from '../door.ts';

export interface Exchange {
  readonly received: Buffer;
  /** The server ended the connection before this end had said that it says no more. */
  readonly endedByServer: boolean;
}

/** A request of its own behind the bytes: it ends the connection, if they left it open. */
const last = Buffer.from('\r\n\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
/** Only half a request keeps the server silent for so long: it gets its end then. It measures nothing. */
const silentMs = 400;

/** @throws DoorFault when the server neither answers nor ends the connection */
export function exchange(port: number, bytes: Buffer): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    let isHalfClosed = false;
    const giveUp = setTimeout(() => {
      socket.destroy();
      reject(new DoorFault(`${noAnswer}, and no end of the connection, within ${hangMs / 1_000} s`));
    }, hangMs);
    let silence: NodeJS.Timeout | undefined;
    const listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        isHalfClosed = true;
        socket.end();
      }, silentMs);
    };
    socket.once('connect', () => socket.write(Buffer.concat([bytes, last]), listen));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (!isHalfClosed) listen();
    });
    socket.once('end', () => socket.end());
    // a server that refuses a body cuts it off: what it said before is what counts
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(giveUp);
      clearTimeout(silence);
      resolve({ received: Buffer.concat(chunks), endedByServer: !isHalfClosed });
    });
  });
}
