/** A heartbeat on the common clock: it continues while the main loop of its process is busy, until the process ends. */
import type { Clock, Timer } from '../../core/clock.ts';
import type { Heartbeat, HeartbeatFields } from '../heartbeat.ts';

const everyMs = 500;

export class SimulatedHeartbeat implements Heartbeat {
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  readonly #ended: () => void;
  #fields: HeartbeatFields | undefined;
  #contactAt: number;
  #timer: Timer;
  /** True while the process is stopped, with this thread. */
  frozen = false;

  constructor(clock: Clock, send: (text: string) => void, ended: () => void) {
    this.#clock = clock;
    this.#send = send;
    this.#ended = ended;
    this.#contactAt = clock.monotonic();
    this.#timer = clock.after(everyMs, () => this.#beat());
  }

  say(fields: HeartbeatFields): void {
    const isFirst = this.#fields === undefined;
    this.#fields = fields;
    if (isFirst) this.#sendNow();
  }

  contacted(ageMs: number): void {
    this.#contactAt = this.#clock.monotonic() - ageMs;
  }

  async stop(): Promise<void> {
    this.end();
  }

  end(): void {
    this.#timer.cancel();
    this.#ended();
  }

  #beat(): void {
    this.#sendNow();
    this.#timer = this.#clock.after(everyMs, () => this.#beat());
  }

  #sendNow(): void {
    if (this.#fields === undefined || this.frozen) return;
    this.#send(JSON.stringify({ ...this.#fields, contact_ms: Math.round(this.#clock.monotonic() - this.#contactAt) }));
  }
}
