/** Watches for the silence of a server: it sends nothing for a consumer that was deleted while no pull waits, or whose leader was killed. */
import type { Clock, Timer } from '../../core/clock.ts';

/** Two and a half missed heartbeats: no server leads the consumer any more. */
export const silenceMs = 2_500;
/** A busy node may have unread messages: it reads for this time before it reports a silence. */
const listenMs = 200;

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #silent: () => void;
  #heardAt: number;
  #timer: Timer | undefined;
  #stopped = false;

  /** @param silent called after each silence */
  constructor(clock: Clock, silent: () => void) {
    this.#clock = clock;
    this.#silent = silent;
    this.#heardAt = clock.monotonic();
    this.#watch();
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #watch(): void {
    this.#timer = this.#clock.after(silenceMs, () => {
      const heardAt = this.#heardAt;
      if (this.#clock.monotonic() - heardAt < silenceMs) return this.#watch();
      this.#timer = this.#clock.after(listenMs, () => {
        if (this.#heardAt === heardAt) this.#silent();
        if (!this.#stopped) this.#watch();
      });
    });
  }
}
