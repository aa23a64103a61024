/**
 * A TCP proxy in front of a server that injects network faults: cut connections, late bytes, held bytes, refused connections. Held
 * or late bytes arrive in order, or not at all when their connection ends first.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../core/clock.ts';

export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #to: number;
  readonly #clock: Clock;
  readonly #pipes = new Set<Pipe>();
  #listener: Server | undefined;
  #delayMs = 0;
  #isHolding = false;

  /** @param to the port of the server on loopback; it need not listen yet. @param port 0 selects a free one */
  static async open(to: number, port = 0, clock: Clock = systemClock): Promise<TcpProxy> {
    const listener = await listening(port);
    return new TcpProxy(to, listener, clock);
  }

  private constructor(to: number, listener: Server, clock: Clock) {
    this.#to = to;
    this.#clock = clock;
    this.port = portOf(listener);
    this.#listen(listener);
  }

  /** Cuts every connection; new ones work. */
  cut(): void {
    for (const pipe of [...this.#pipes]) pipe.end();
  }

  /** Delays every byte from now on; 0 ends the delay. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Holds all bytes until `release`: connections stay open, new ones are accepted. */
  hold(): void {
    this.#isHolding = true;
  }

  release(): void {
    this.#isHolding = false;
    for (const pipe of this.#pipes) pipe.flush();
  }

  /** Cuts every connection and accepts no new one, until `accept`. */
  async refuse(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener === undefined) return;
    const closed = once(listener, 'close');
    listener.close();
    this.cut();
    await closed;
  }

  async accept(): Promise<void> {
    if (this.#listener === undefined) this.#listen(await listening(this.port));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.refuse();
  }

  #listen(listener: Server): void {
    this.#listener = listener;
    listener.on('connection', (client) => {
      const pipe = new Pipe(client, connect(this.#to, '127.0.0.1'), {
        clock: this.#clock,
        delayMs: () => this.#delayMs,
        isHolding: () => this.#isHolding,
        ended: () => this.#pipes.delete(pipe),
      });
      this.#pipes.add(pipe);
    });
  }
}

interface PipeParts {
  readonly clock: Clock;
  readonly delayMs: () => number;
  readonly isHolding: () => boolean;
  readonly ended: () => void;
}

/** Connects both directions of one connection. */
class Pipe {
  readonly #ends: readonly [Socket, Socket];
  readonly #flows: readonly [Flow, Flow];
  readonly #parts: PipeParts;

  constructor(client: Socket, server: Socket, parts: PipeParts) {
    this.#ends = [client, server];
    this.#parts = parts;
    this.#flows = [new Flow(client, server, parts), new Flow(server, client, parts)];
    for (const end of this.#ends) {
      end.setNoDelay(true);
      end.on('error', () => this.end());
      end.on('close', () => this.end());
    }
  }

  flush(): void {
    for (const flow of this.#flows) flow.flush();
  }

  end(): void {
    for (const end of this.#ends) end.destroy();
    this.#parts.ended();
  }
}

/** Above this size, bytes wait in the socket of the sender instead. */
const mostQueuedBytes = 8 * 1024 ** 2;

/** One direction: queues incoming bytes until they may pass. */
class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #parts: PipeParts;
  readonly #queue: { readonly dueAt: number; readonly bytes: Buffer }[] = [];
  #queued = 0;
  #isWaiting = false;

  constructor(from: Socket, to: Socket, parts: PipeParts) {
    this.#from = from;
    this.#to = to;
    this.#parts = parts;
    from.on('data', (bytes) => this.#take(bytes));
    to.on('drain', () => this.flush());
  }

  flush(): void {
    const { clock, isHolding } = this.#parts;
    if (this.#isWaiting) return;
    for (let next = this.#queue[0]; next !== undefined && !isHolding(); next = this.#queue[0]) {
      const waitMs = next.dueAt - clock.monotonic();
      if (waitMs > 0) return this.#later(waitMs);
      if (this.#to.writableNeedDrain) return;
      this.#queue.shift();
      this.#queued -= next.bytes.length;
      if (!this.#to.destroyed) this.#to.write(next.bytes);
    }
    if (this.#queued < mostQueuedBytes && this.#from.isPaused()) this.#from.resume();
  }

  #take(bytes: Buffer): void {
    const { clock, delayMs } = this.#parts;
    this.#queue.push({ dueAt: clock.monotonic() + delayMs(), bytes });
    this.#queued += bytes.length;
    if (this.#queued >= mostQueuedBytes) this.#from.pause();
    this.flush();
  }

  #later(ms: number): void {
    this.#isWaiting = true;
    this.#parts.clock.after(ms, () => {
      this.#isWaiting = false;
      this.flush();
    });
  }
}

async function listening(port: number): Promise<Server> {
  const listener = createServer();
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return listener;
}

/** Finds a free port of the loopback. */
export async function freePort(): Promise<number> {
  const listener = await listening(0);
  const port = portOf(listener);
  listener.close();
  await once(listener, 'close');
  return port;
}

function portOf(listener: Server): number {
  const address = listener.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
