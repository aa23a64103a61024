/** Rate-limited warnings: writes a few lines per period, counts the others, then logs their number. */
import type { Clock, Timer } from './clock.ts';
import type { LogFields, Logger } from './logger.ts';

/** Enough to diagnose a fault; too few to fill a disk or to occupy the event loop. */
const limits = Object.freeze({ lines: 20, periodMs: 10_000 });

export class BoundedLog {
  readonly #clock: Clock;
  readonly #log: Logger;
  #since = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #leftOut = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @param fields called only when the line is written */
  warn(fields: () => LogFields, message: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#since >= limits.periodMs) this.#begin(now);
    if (this.#lines >= limits.lines) return this.leaveOut();
    this.#lines++;
    this.#log.warn(fields(), message);
  }

  /** Counts a line without writing it. */
  leaveOut(): void {
    this.#leftOut++;
    if (this.#isClosed) return;
    this.#timer ??= this.#clock.after(limits.periodMs, () => this.flush());
  }

  /** Logs the number of lines left out so far and cancels the timer. */
  close(): void {
    this.#isClosed = true;
    this.flush();
  }

  /** Logs the number of lines left out, if there are any. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#leftOut === 0) return;
    this.#log.warn({ left_out: this.#leftOut }, 'more warnings of this kind were counted, not written');
    this.#leftOut = 0;
  }

  #begin(now: number): void {
    this.flush();
    this.#since = now;
    this.#lines = 0;
  }
}
