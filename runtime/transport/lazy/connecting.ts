/**
 * Connects the transport behind a lazy one, with retries.
 *
 * connecting ──connected──▶ ready
 *     ├ close() ──▶ closed
 *     └ permanent fault ──▶ given up: every call rejects with it
 */
import { Backoff } from '../../core/backoff.ts';
import { type Clock, sleep, within } from '../../core/clock.ts';
import { ParleyError, reasonOf } from '../../core/errors.ts';
import { systemRandom } from '../../core/random.ts';
import { ReasonLog } from '../../core/reason-log.ts';
import type { Transport } from '../transport.ts';
import { TransportUnavailableError } from '../transport-errors.ts';

/** As long as a request waits for a store that went away. */
const patienceMs = 15_000;

export interface LazySettings {
  readonly mesh: string;
  /** The target of the connection, for people. */
  readonly name: string;
  readonly clock: Clock;
  /** Called with each new reason for waiting. */
  readonly say: (line: string) => void;
  readonly connect: () => Promise<Transport>;
}

export class Connecting {
  readonly #settings: LazySettings;
  readonly #closing = new AbortController();
  readonly #connected: Promise<Transport>;
  /** Callbacks to run once it is connected. */
  readonly #later = new Set<(transport: Transport) => void>();
  #transport: Transport | undefined;
  #why = 'not tried yet';
  #givenUp: Error | undefined;

  constructor(settings: LazySettings) {
    this.#settings = settings;
    this.#connected = this.#tryUntilConnected();
    this.#connected.catch(() => undefined);
  }

  /** `undefined` until it is connected. */
  get transport(): Transport | undefined {
    return this.#transport;
  }

  /** The reason why it is not connected yet. */
  get why(): string {
    return this.#why;
  }

  /** The permanent fault after which it has stopped trying. */
  get givenUp(): Error | undefined {
    return this.#givenUp;
  }

  /** Waits for the connection. @throws TransportUnavailableError, or the permanent fault */
  async reached(what: string): Promise<Transport> {
    if (this.#transport !== undefined) return this.#transport;
    const closed = this.#connected.catch((error) => {
      if (this.#givenUp !== undefined) throw error;
      return undefined;
    });
    const transport = await within(this.#settings.clock, patienceMs, closed);
    if (transport === undefined) throw new TransportUnavailableError(what, new Error(this.#why));
    return transport;
  }

  /** Runs `now` at once if it is connected, otherwise `then` once it is. @returns a function that stops it */
  onceConnected(
    then: (transport: Transport) => () => void,
    now: (transport: Transport) => () => void = then,
  ): () => void {
    if (this.#transport !== undefined) return now(this.#transport);
    let stop: () => void = () => void this.#later.delete(act);
    const act = (transport: Transport): void => {
      stop = then(transport);
    };
    this.#later.add(act);
    return () => stop();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const transport = await this.#connected.catch(() => undefined);
    await transport?.close();
  }

  async #tryUntilConnected(): Promise<Transport> {
    const { name, clock, say, connect } = this.#settings;
    const backoff = new Backoff(systemRandom);
    const reasons = new ReasonLog();
    for (;;) {
      try {
        const transport = await connect();
        this.#transport = transport;
        if (reasons.recovered()) say(`connected to ${transport.describe}`);
        for (const act of this.#later) act(transport);
        this.#later.clear();
        return transport;
      } catch (error) {
        this.#why = reasonOf(error);
        if (error instanceof ParleyError && !error.retryable) {
          this.#givenUp = error;
          say(`gives up on ${name}: ${this.#why}`);
          throw error;
        }
        if (reasons.isNew(this.#why)) say(`waiting for ${name}: ${this.#why}`);
        await sleep(clock, backoff.nextMs(), this.#closing.signal);
      }
    }
  }
}
