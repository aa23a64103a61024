/** Rounds in which a node looks for partitions to claim: one at a time, and after a failed one none before a pause. */
import { Backoff } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ReasonLog } from '../core/reason-log.ts';

export interface ClaimRoundsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pool: string;
  /** One round. */
  readonly look: () => Promise<void>;
}

export class ClaimRounds {
  readonly #parts: ClaimRoundsParts;
  readonly #backoff: Backoff;
  readonly #reasons = new ReasonLog();
  #running: Promise<void> | undefined;
  /** Monotonic. */
  #notBefore = 0;

  constructor(parts: ClaimRoundsParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
  }

  /** Joins the round in progress, or begins one. Rejects when it fails. */
  run(): Promise<void> {
    this.#running ??= this.#parts.look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Begins a round, unless one is in progress or the last one has failed a moment ago. Logs a failure. */
  async runAgain(): Promise<void> {
    const { clock, log, pool } = this.#parts;
    if (this.#running !== undefined || clock.monotonic() < this.#notBefore) return;
    try {
      await this.run();
      this.#backoff.reset();
      if (this.#reasons.recovered()) log.info({ pool }, 'the partitions of the pool can be claimed again');
    } catch (error) {
      this.#notBefore = clock.monotonic() + this.#backoff.nextMs();
      const reason = reasonOf(error);
      if (this.#reasons.isNew(reason)) log.warn({ pool, reason }, 'partitions could not be claimed');
    }
  }

  /** Resolves when the round in progress has ended, well or not. */
  async ended(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }
}
