/**
 * The order of sends that wait before they enter their lane: for a look-up, a token, or room. Later sends to the lane wait
 * behind them, so that call order is the lane's order.
 */
import { type Clock, within } from '../core/clock.ts';
import { SendTimeoutError } from '../mailbox/mailbox-errors.ts';
import type { StoreObstacle } from '../mailbox/send-limits.ts';
import type { CheckedIntent } from './checked-intent.ts';

export class EntryQueue {
  readonly #clock: Clock;
  readonly #obstacle: StoreObstacle;
  /** By lane: the turn of the last waiting send. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(clock: Clock, obstacle: StoreObstacle) {
    this.#clock = clock;
    this.#obstacle = obstacle;
  }

  /** Hot path: builds the lane's name only while a send waits. */
  isWaiting(checked: CheckedIntent): boolean {
    return this.#turns.size > 0 && this.#turns.has(checked.laneName);
  }

  /**
   * Starts passing the gate at once, but enters only after the sends before it in its lane have entered or given up.
   * @param pass resolves to whether the send may enter
   * @param enter called at most once
   * @throws SendTimeoutError at its deadline; what `pass` throws
   */
  async enter<T>(checked: CheckedIntent, pass: () => Promise<boolean>, enter: () => T): Promise<T | undefined> {
    const { laneName } = checked;
    const before = this.#turns.get(laneName);
    let over: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      over = resolve;
    });
    this.#turns.set(laneName, turn);
    try {
      const mayEnter = await pass();
      if (before !== undefined) await this.#inTime(checked, before);
      return mayEnter ? enter() : undefined;
    } finally {
      const end = (): void => {
        if (this.#turns.get(laneName) === turn) this.#turns.delete(laneName);
        over();
      };
      // a send that gave up must not let those behind it overtake those before it
      if (before === undefined) end();
      else void before.then(end);
    }
  }

  async #inTime({ receiver, giveUpAt }: CheckedIntent, turn: Promise<void>): Promise<void> {
    const came = await within(
      this.#clock,
      Math.max(0, giveUpAt - this.#clock.monotonic()),
      turn.then(() => true),
    );
    if (came === undefined)
      throw new SendTimeoutError(receiver, this.#obstacle() ?? 'earlier sends of its lane are still under way');
  }
}
