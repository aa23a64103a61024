/** The socket in front of PGlite: admits any number of clients and answers each in its turn. Runs in PGlite's own thread. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '../core/clock.ts';
import { type Session, SessionQueue } from './pglite-queue.ts';
import { RequestReader } from './pglite-requests.ts';

export interface Listener {
  readonly port: number;
  /** Resolves when no client is left. */
  close(): Promise<void>;
}

export interface ListenerParts {
  readonly session: Session;
  readonly clock: Clock;
  /** 0 selects a free one. */
  readonly port: number;
  /** A client with another password is disconnected, whichever user it names. */
  readonly password: string;
  /** A client that is silent for so long before it has given the password, or while its transaction blocks all others, is disconnected. */
  readonly idleMs: number;
  /** Called when PGlite can answer no more. */
  readonly onBroken: (error: unknown) => void;
}

const host = '127.0.0.1';

/** Resolves when clients can connect. */
export function listen(parts: ListenerParts): Promise<Listener> {
  const desk = new Desk(parts);
  const server = createServer({ noDelay: true }, (socket) => desk.welcome(socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, host, () => {
      server.off('error', reject);
      resolve({ port: portOf(server), close: () => desk.close(server) });
    });
  });
}

class Desk {
  readonly #parts: ListenerParts;
  readonly #queue: SessionQueue<Socket>;
  readonly #clients = new Set<Socket>();
  #working = false;
  #patience: Timer | undefined;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#queue = new SessionQueue(parts.session);
  }

  welcome(socket: Socket): void {
    const { clock, idleMs } = this.#parts;
    const visit: Visit = {
      reader: new RequestReader(),
      greeting: new Uint8Array(),
      patience: clock.after(idleMs, () => this.#dismiss(socket, '08P01', `no password came for ${idleMs / 1000} s`)),
    };
    this.#clients.add(socket);
    socket.on('data', (chunk) => {
      visit.reader.push(chunk);
      this.#read(socket, visit);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      visit.patience.cancel();
      this.#clients.delete(socket);
      this.#guarded(() => this.#queue.leave(socket));
      if (this.#queue.owner === undefined) this.#patience?.cancel();
      this.#work();
    });
  }

  close(server: Server): Promise<void> {
    this.#patience?.cancel();
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const client of this.#clients) client.destroy();
    });
  }

  #read(socket: Socket, visit: Visit): void {
    const { reader } = visit;
    for (let request = reader.next(); request !== undefined && socket.writable; request = reader.next()) {
      switch (request.kind) {
        case 'encryption':
          socket.write('N');
          break;
        case 'greeting':
          visit.greeting = request.bytes;
          socket.write(askForPassword);
          break;
        case 'password':
          if (!isEqual(request.password, this.#parts.password)) {
            return this.#dismiss(socket, '28P01', 'password authentication failed: the run file has the password');
          }
          visit.patience.cancel();
          this.#queue.ask(socket, visit.greeting);
          break;
        case 'question':
          this.#queue.ask(socket, request.bytes);
          break;
        case 'violation':
          return this.#dismiss(socket, '08P01', request.fault);
        case 'goodbye':
          return void socket.end();
        default:
          request satisfies never;
      }
    }
    this.#work();
  }

  /** Gives one answer after the other, and lets the event loop run in between, so that others can ask. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    setImmediate(() => {
      this.#working = false;
      this.#guarded(() => {
        const done = this.#queue.next();
        if (done === undefined) return;
        done.client.write(done.answer);
        this.#watch();
        this.#work();
      });
    });
  }

  /** Starts the idle time of an open transaction anew after each answer. */
  #watch(): void {
    this.#patience?.cancel();
    const { owner } = this.#queue;
    if (owner === undefined) return;
    const { clock, idleMs } = this.#parts;
    this.#patience = clock.after(idleMs, () =>
      this.#dismiss(owner, '25P03', `its transaction was open for ${idleMs / 1000} s without a question`),
    );
  }

  #dismiss(socket: Socket, sqlState: string, reason: string): void {
    socket.write(fatal(sqlState, reason));
    socket.destroySoon();
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#parts.onBroken(error);
    }
  }
}

/** A connected client. */
interface Visit {
  readonly reader: RequestReader;
  /** Answered once the client has given the password. */
  greeting: Uint8Array;
  /** Limits the time until the password; cancelled when it has come. */
  readonly patience: Timer;
}

/** AuthenticationCleartextPassword: the password never leaves the loopback, and holds until the next start. */
const askForPassword = Buffer.from('R\0\0\0\u0008\0\0\0\u0003');

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** ErrorResponse: severity, code and message, each with its letter. */
function fatal(sqlState: string, reason: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${reason}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
