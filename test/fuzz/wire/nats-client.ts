/** A client with its own implementation of the NATS protocol, so that it can send what no library sends. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { DoorFault, hangMs, noAnswer } from '../door.ts';

export interface NatsMessage {
  readonly subject: string;
  /** The whole block, with its first line; `undefined`: none. */
  readonly headers: Buffer | undefined;
  readonly payload: Buffer;
}

const inbox = '_INBOX.fuzz';
const lineEnd = Buffer.from('\r\n');

export class RawNats implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (answer: NatsMessage | Error) => void>();
  #unread: Buffer = Buffer.alloc(0);
  #asked = 0;
  #over: Error | undefined;

  static async connect(port: number): Promise<RawNats> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const options = { verbose: false, pedantic: false, headers: true, no_responders: true, lang: 'fuzz', version: '1' };
    socket.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox}.* 1\r\n`);
    return new RawNats(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      this.#read();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** @throws DoorFault without an answer, DroppedError when the server ends the connection */
  request({ subject, headers, payload }: NatsMessage): Promise<NatsMessage> {
    const reply = `${inbox}.${++this.#asked}`;
    return new Promise((resolve, reject) => {
      const settle = (answer: NatsMessage | Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(reply);
        if (answer instanceof Error) reject(new DroppedError(answer.message));
        else resolve(answer);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(reply);
        reject(new DoorFault(`${noAnswer} within ${hangMs / 1_000} s`));
      }, hangMs);
      this.#waiting.set(reply, settle);
      if (this.#over !== undefined) return settle(this.#over);
      const sizes = headers === undefined ? payload.length : `${headers.length} ${headers.length + payload.length}`;
      const verb = headers === undefined ? 'PUB' : 'HPUB';
      const line = Buffer.from(`${verb} ${subject} ${reply} ${sizes}\r\n`, 'latin1');
      this.#socket.write(Buffer.concat([line, headers ?? Buffer.alloc(0), payload, lineEnd]));
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(): void {
    for (;;) {
      const end = this.#unread.indexOf(lineEnd);
      if (end === -1) return;
      const words = this.#unread.subarray(0, end).toString('latin1').split(' ');
      const [verb] = words;
      let taken = end + lineEnd.length;
      if (verb === 'MSG' || verb === 'HMSG') {
        const total = Number(words.at(-1));
        const head = verb === 'HMSG' ? Number(words.at(-2)) : 0;
        if (this.#unread.length < taken + total + lineEnd.length) return;
        const body = this.#unread.subarray(taken, taken + total);
        taken += total + lineEnd.length;
        const [, subject = ''] = words;
        const headers = verb === 'HMSG' ? body.subarray(0, head) : undefined;
        this.#waiting.get(subject)?.({ subject, headers, payload: body.subarray(head) });
      } else if (verb === 'PING') {
        this.#socket.write('PONG\r\n');
      } else if (verb === '-ERR') {
        this.#end(new Error(words.join(' ')));
      }
      this.#unread = this.#unread.subarray(taken);
    }
  }

  #end(error: Error): void {
    this.#over ??= error;
    for (const settle of [...this.#waiting.values()]) settle(error);
  }
}

/** nats-server itself refused what was said, and ended the connection. */
export class DroppedError extends Error {}
