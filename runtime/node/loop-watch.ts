/**
 * Reports that the event loop was blocked, with the handlings that may have done it: those that ran in that time. While it is
 * blocked nothing else of the node runs: no other agent, no heartbeat of its main loop, no health.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';

/** Checked so often; the timer is late by as long as the loop was blocked. */
const everyMs = 500;
/** Collections of a large heap stop a node for 0.1 to 0.3 s. */
const reportedMs = 1_000;
/** Suspects that are named. */
const namedSuspects = 5;

export class LoopWatch {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #oldest: () => { readonly agent: string; readonly ms: number } | undefined;
  readonly #suspects: string[] = [];
  #timer: Timer | undefined;

  /** @param oldest the handling, hook or timer that runs for longest */
  constructor(clock: Clock, log: Logger, oldest: () => { readonly agent: string; readonly ms: number } | undefined) {
    this.#clock = clock;
    this.#log = log;
    this.#oldest = oldest;
  }

  start(): void {
    const due = this.#clock.monotonic() + everyMs;
    this.#timer = this.#clock.after(everyMs, () => {
      this.#check(this.#clock.monotonic() - due);
      this.start();
    });
  }

  /** A handling took so long: it may have blocked the loop. Hot path: called for every handling. */
  ended(agent: string, { intent_type }: Intent, ms: number): void {
    if (ms >= reportedMs && this.#suspects.length < namedSuspects) this.#suspects.push(`${agent} (${intent_type})`);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #check(blockedMs: number): void {
    const ended = this.#suspects.splice(0);
    if (blockedMs < reportedMs) return;
    const oldest = this.#oldest();
    const running = oldest !== undefined && oldest.ms >= blockedMs ? [oldest.agent] : [];
    const suspects = [...new Set([...ended, ...running])];
    this.#log.warn(
      { blockedMs: Math.round(blockedMs), suspects },
      suspects.length === 0
        ? 'the event loop was blocked, by no handling of an agent: nothing else of this process ran meanwhile'
        : 'the event loop was blocked, probably by one of these agents: nothing else of this process ran meanwhile',
    );
  }
}
